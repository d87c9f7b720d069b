// Step 9: the server goes on with the next client, until SIGINT.

import type { Attempt, Target } from "../harness/context.ts";
import { present } from "../peer/pick-file.ts";
import { type Case, rule } from "../harness/test-case.ts";
import { converse, nextIsServed, prepare, stuckReader } from "../peer/client-requests.ts";
import { CLOSE_LIMIT, QUIET, REPLY_LIMIT, STOP_LIMIT } from "../spec/timeouts.ts";
import { must, need } from "../spec/verdict.ts";

/** Something happens to a client; a server that dies of it is given the time to; the next one is served. */
const survives = (
  id: string,
  title: string,
  happening: (attempt: Attempt, server: Target) => Promise<void>,
): Case =>
  rule(id, title, async (attempt) => {
    const server = await attempt.server();
    await happening(attempt, server);
    await attempt.happens(() => server.program?.exited !== undefined, QUIET / 3);
    await nextIsServed(attempt, server);
  });

async function failing(attempt: Attempt, server: Target, kind: "get" | "invalid"): Promise<void> {
  const done = await converse(attempt, server, kind, { file: attempt.absent });
  done.leave();
}

/** The client takes some of a large file and is gone. */
async function midway(attempt: Attempt, server: Target, leave: "FIN" | "RST"): Promise<void> {
  attempt.files.addLarge();
  const get = await prepare(attempt, server, "get", { file: "large.txt" });
  const running = get.run();
  await attempt.within("bytes on Q", REPLY_LIMIT, () => (get.q?.length ?? 0) > 0);
  get.door?.shut();
  for (const side of [get.q, get.p]) leave === "FIN" ? side?.close() : side?.abort();
  await running;
}

async function slowReader(attempt: Attempt, server: Target): Promise<void> {
  const get = await stuckReader(attempt, server);
  need(get.q !== undefined, "S7.5", "no Q came");
  await attempt.happens(() => false, QUIET / 2);
}

export const cases: Case[] = [
  survives("S9.1", "a listing, a file, and a listing again", async (attempt, server) => {
    for (let client = 1; client <= 2; client++) await nextIsServed(attempt, server);
    const get = await converse(attempt, server, "get", {
      file: await present(attempt, server),
    });
    const came = get.payload.length > 0;
    must(came, "the file for the second client", get.stuck ?? "nothing on Q");
    get.leave();
  }),
  survives("S9.2", "an unknown command", (attempt, server) => failing(attempt, server, "invalid")),
  survives("S9.2", "a file that is not there", (attempt, server) =>
    failing(attempt, server, "get"),
  ),
  survives("S9.3", "gone after half a command", async (attempt, server) => {
    const p = await attempt.connect(server);
    p.send("-");
    await attempt.happens(() => p.over, QUIET / 3);
    p.abort();
  }),
  survives(
    "S9.3",
    "gone right after its command, with nobody at the data port",
    async (attempt, server) => {
      const file = await present(attempt, server);
      const port = attempt.dataPort(server.port);
      const get = await prepare(attempt, server, "get", { file, port });
      const running = get.run();
      get.p.abort();
      await running;
    },
  ),
  survives("S9.3", "it stays, but nobody is at its data port", async (attempt, server) => {
    const file = await present(attempt, server);
    const port = attempt.dataPort(server.port);
    (await converse(attempt, server, "get", { file, port })).leave();
  }),
  survives("S9.3", "closed in the middle of a file", (attempt, server) =>
    midway(attempt, server, "FIN"),
  ),
  survives("S9.3", "reset in the middle of a file", (attempt, server) =>
    midway(attempt, server, "RST"),
  ),
  survives("S9.4", "another client is connected and silent", async (attempt, server) => {
    await attempt.connect(server);
    await attempt.happens(() => false, QUIET / 3);
  }),
  survives("S9.4", "another client does not read what it is sent", slowReader),
  rule("S9.6", "a new server on the port of the old one", again, { needs: ["start"] }),
];

/** The server is the one that ends the connection, so the port is in TIME_WAIT. */
async function again(attempt: Attempt): Promise<void> {
  const first = await attempt.server();
  const list = await converse(attempt, first, "list");
  first.program?.kill("SIGINT");
  let ended = await first.program?.ended(CLOSE_LIMIT);
  list.leave();
  ended ||= await first.program?.ended(STOP_LIMIT);
  await first.program?.[Symbol.asyncDispose]();
  need(ended === true, "S9.5", "SIGINT did not end it");
  const second = attempt.launch({ port: first.port });
  const ready = await attempt.ready(second, first.port);
  const state = `the second server is ${second.ending}; ${second.words}`;
  must(ready, `a second server listens on port ${first.port}`, state);
}
