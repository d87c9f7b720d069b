// Step 2: the server waits for a client.

import { type CaseContext, HOST } from "../harness/context.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { Connection } from "../net/connection.ts";
import { QUIET, REPLY_LIMIT } from "../spec/timeouts.ts";
import { findFreePort } from "../net/ports.ts";
import { dial } from "../net/sockets.ts";
import { applies, must, Inconclusive } from "../spec/verdict.ts";

const needs = ["start"] as const;

export const cases: TestCase[] = [
  rule(
    "S2.1",
    "it listens on the port it was given, and still does after a while",
    async (context) => {
      const port = findFreePort(context.dialect.abilities?.serverPorts);
      const program = context.launch({ port });
      const ready = await context.waitUntilListening(program, port);
      if (program.exited)
        throw new Inconclusive(`it does not run: ${program.ending}; ${program.words}`);
      const where = program.ports.join(", ") || "nowhere";
      must(ready, `a listener on port ${port}`, `it listens ${where}; ${program.words}`);
      await context.happensWithin(() => program.exited !== undefined, 4 * QUIET);
      const listens = program.ports.includes(port);
      must(listens, "a server that goes on listening", `${program.ending}, deaf`);
    },
    { needs },
  ),
  rule(
    "S2.2",
    "it says that it is ready, and names the port",
    async (context) => {
      const { port, program } = await context.startServer();
      const said = (): boolean => program?.output.includes(String(port)) ?? false;
      await context.waitFor("a word on the screen", REPLY_LIMIT, said);
      must(said(), `the port ${port} on the screen`, program?.words ?? "");
    },
    { needs },
  ),
  rule("N2.1", "both loopback addresses reach it", bothFamilies, { needs }),
];

async function bothFamilies(context: CaseContext): Promise<void> {
  const probe = await dial(context.timeline, "P", {
    host: "::1",
    port: context.listen("P", "::1").port,
  });
  applies(probe instanceof Connection, "this machine has no IPv6");
  context.own(probe);
  const { port } = await context.startServer();
  for (const host of [HOST, "::1"]) {
    const p = await dial(context.timeline, "P", { host, port });
    must(p instanceof Connection, `P can be opened to ${host}`, String(p));
    context.own(p);
  }
}
