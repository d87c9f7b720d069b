// Step 2: the server waits for a client.

import { type Attempt, HOST } from "../harness/context.ts";
import { type Case, rule } from "../harness/test-case.ts";
import { Channel } from "../net/connection.ts";
import { QUIET, REPLY_LIMIT } from "../spec/timeouts.ts";
import { freePort } from "../net/ports.ts";
import { dial } from "../net/sockets.ts";
import { applies, must, NoVerdict } from "../spec/verdict.ts";

const needs = ["start"] as const;

export const cases: Case[] = [
  rule(
    "S2.1",
    "it listens on the port it was given, and still does after a while",
    async (attempt) => {
      const port = freePort(attempt.dialect.abilities?.serverPorts);
      const program = attempt.launch({ port });
      const ready = await attempt.ready(program, port);
      if (program.exited)
        throw new NoVerdict(`it does not run: ${program.ending}; ${program.words}`);
      const where = program.ports.join(", ") || "nowhere";
      must(ready, `a listener on port ${port}`, `it listens ${where}; ${program.words}`);
      await attempt.happens(() => program.exited !== undefined, 4 * QUIET);
      const listens = program.ports.includes(port);
      must(listens, "a server that goes on listening", `${program.ending}, deaf`);
    },
    { needs },
  ),
  rule(
    "S2.2",
    "it says that it is ready, and names the port",
    async (attempt) => {
      const { port, program } = await attempt.server();
      const said = (): boolean => program?.output.includes(String(port)) ?? false;
      await attempt.within("a word on the screen", REPLY_LIMIT, said);
      must(said(), `the port ${port} on the screen`, program?.words ?? "");
    },
    { needs },
  ),
  rule("N2.1", "both loopback addresses reach it", bothFamilies, { needs }),
];

async function bothFamilies(attempt: Attempt): Promise<void> {
  const probe = await dial(attempt.timeline, "P", {
    host: "::1",
    port: attempt.door("P", "::1").port,
  });
  applies(probe instanceof Channel, "this machine has no IPv6");
  attempt.hold(probe);
  const { port } = await attempt.server();
  for (const host of [HOST, "::1"]) {
    const p = await dial(attempt.timeline, "P", { host, port });
    must(p instanceof Channel, `P can be opened to ${host}`, String(p));
    attempt.hold(p);
  }
}
