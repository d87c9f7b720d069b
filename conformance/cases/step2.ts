// Step 2: the server waits for a client.

import { type CaseContext, HOST } from "../harness/context.ts";
import { findMoment, findOutput } from "./evidence.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { Connection } from "../net/connection.ts";
import { dial, Listener } from "../net/sockets.ts";
import { Timeline } from "../net/timeline.ts";
import { findFreePort } from "../net/ports.ts";
import { processOf } from "./expectations.ts";
import { applies, must, Inconclusive } from "../spec/verdict.ts";

const options = { needs: ["start"] } as const;
const PROBE_LIMIT = 1_000; // milliseconds: the kernel connects two sockets of one process at once

async function keepListening(context: CaseContext): Promise<void> {
  const port = findFreePort(context.dialect.abilities?.serverPorts);
  const program = context.launch({ port });
  const ready = await context.waitUntilListening(program, port);
  if (program.exited)
    throw new Inconclusive(
      `the server does not run (${program.ending}); it printed ${program.lastWords}`,
    );
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

/** The suite connects to itself, which is no event of the server's timeline. */
async function hasIPv6(): Promise<boolean> {
  const host = "::1";
  try {
    using listener = new Listener("P", new Timeline(), host, 0);
    const probe = await dial(new Timeline(), "P", { host, port: listener.port }, PROBE_LIMIT);
    if (probe instanceof Connection) probe.close();
    return probe instanceof Connection;
  } catch {
    return false;
  }
}

async function acceptBothFamilies(context: CaseContext): Promise<void> {
  applies(await hasIPv6(), "this machine has no IPv6");
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
