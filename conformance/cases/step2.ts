// Step 2: the server waits for a client.

import { type CaseContext, HOST } from "../harness/context.ts";
import { findMoment, findOutput } from "./evidence.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { Connection } from "../net/connection.ts";
import { findFreePort } from "../net/ports.ts";
import { processOf } from "./expectations.ts";
import { applies, must, Inconclusive } from "../spec/verdict.ts";

const options = { needs: ["start"] } as const;

async function keepListening(context: CaseContext): Promise<void> {
  const port = findFreePort(context.dialect.abilities?.serverPorts);
  const program = context.launch({ port });
  const ready = await context.waitUntilListening(program, port);
  if (program.exited)
    throw new Inconclusive(`the server does not run (${program.ending}); ${program.words}`);
  const ports = program.ports.join(", ") || "none";
  const expected = `the server listens on port ${port}`;
  must(ready, expected, `the ports on which it listens: ${ports}; ${program.words}`);
  await context.happensWithin(() => program.exited !== undefined, 4 * context.timeouts.quiet);
  const state = `it does not listen any more (${program.ending})`;
  const end = program.exited && "subject";
  must(program.ports.includes(port), `${expected} until it is stopped`, state, end);
}

async function announcePort(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const program = processOf(server);
  const names = (): boolean => program.output.includes(String(server.port));
  await context.waitFor("a message on the screen", context.timeouts.reply, names);
  const expected = `a message with the port ${server.port}`;
  must(names(), expected, program.words, findOutput(program));
}

async function acceptBothFamilies(context: CaseContext): Promise<void> {
  const { port: ownPort } = context.listen("P", "::1");
  const probe = await context.dial("P", { host: "::1", port: ownPort });
  applies(probe instanceof Connection, "this machine has no IPv6");
  context.own(probe);
  const { port } = await context.startServer();
  for (const host of [HOST, "::1"]) {
    const p = await context.dial("P", { host, port });
    const attempt = findMoment(context, "P", ["SYN"], "suite");
    const observed = p instanceof Error ? p.message : "";
    must(p instanceof Connection, `a client can connect to ${host}`, observed, attempt);
    context.own(p);
  }
}

export const cases: TestCase[] = [
  rule("S2.1", "the server listens on its port, also after a while", keepListening, {
    ...options,
    isLong: true,
  }),
  rule("S2.2", "the message after the start", announcePort, options),
  rule("N2.1", "a client on each loopback address", acceptBothFamilies, options),
];
