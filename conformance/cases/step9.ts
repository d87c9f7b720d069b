// Step 9: the server goes on with the next client, until SIGINT.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { pickServedFile } from "../peer/pick-file.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import {
  runRequest,
  expectNextClientServed,
  prepareRequest,
  startStalledGet,
} from "../peer/client-requests.ts";
import { CLOSE_LIMIT, QUIET, REPLY_LIMIT, STOP_LIMIT } from "../spec/timeouts.ts";
import { must, need } from "../spec/verdict.ts";

/** Something happens to a client; a server that dies of it is given the time to; the next one is served. */
const survives = (
  id: string,
  title: string,
  happening: (context: CaseContext, server: RunningServer) => Promise<void>,
): TestCase =>
  rule(id, title, async (context) => {
    const server = await context.startServer();
    await happening(context, server);
    await context.happensWithin(() => server.program?.exited !== undefined, QUIET / 3);
    await expectNextClientServed(context, server);
  });

async function failing(
  context: CaseContext,
  server: RunningServer,
  kind: "get" | "invalid",
): Promise<void> {
  const done = await runRequest(context, server, kind, { file: context.absent });
  done.close();
}

/** The client takes some of a large file and is gone. */
async function midway(
  context: CaseContext,
  server: RunningServer,
  leave: "FIN" | "RST",
): Promise<void> {
  context.files.addLarge();
  const get = await prepareRequest(context, server, "get", { file: "large.txt" });
  const running = get.run();
  await context.waitFor("bytes on Q", REPLY_LIMIT, () => (get.q?.length ?? 0) > 0);
  get.listener?.stopAccepting();
  for (const side of [get.q, get.p]) leave === "FIN" ? side?.close() : side?.abort();
  await running;
}

async function slowReader(context: CaseContext, server: RunningServer): Promise<void> {
  const get = await startStalledGet(context, server);
  need(get.q !== undefined, "S7.5", "no Q came");
  await context.happensWithin(() => false, QUIET / 2);
}

export const cases: TestCase[] = [
  survives("S9.1", "a listing, a file, and a listing again", async (context, server) => {
    for (let client = 1; client <= 2; client++) await expectNextClientServed(context, server);
    const get = await runRequest(context, server, "get", {
      file: await pickServedFile(context, server),
    });
    const came = get.payload.length > 0;
    must(came, "the file for the second client", get.stopReason ?? "nothing on Q");
    get.close();
  }),
  survives("S9.2", "an unknown command", (context, server) => failing(context, server, "invalid")),
  survives("S9.2", "a file that is not there", (context, server) =>
    failing(context, server, "get"),
  ),
  survives("S9.3", "gone after half a command", async (context, server) => {
    const p = await context.connect(server);
    p.send("-");
    await context.happensWithin(() => p.hasEnded, QUIET / 3);
    p.abort();
  }),
  survives(
    "S9.3",
    "gone right after its command, with nobody at the data port",
    async (context, server) => {
      const file = await pickServedFile(context, server);
      const dataPort = context.dataPort(server.port);
      const get = await prepareRequest(context, server, "get", { file, dataPort });
      const running = get.run();
      get.p.abort();
      await running;
    },
  ),
  survives("S9.3", "it stays, but nobody is at its data port", async (context, server) => {
    const file = await pickServedFile(context, server);
    const dataPort = context.dataPort(server.port);
    (await runRequest(context, server, "get", { file, dataPort })).close();
  }),
  survives("S9.3", "closed in the middle of a file", (context, server) =>
    midway(context, server, "FIN"),
  ),
  survives("S9.3", "reset in the middle of a file", (context, server) =>
    midway(context, server, "RST"),
  ),
  survives("S9.4", "another client is connected and silent", async (context, server) => {
    await context.connect(server);
    await context.happensWithin(() => false, QUIET / 3);
  }),
  survives("S9.4", "another client does not read what it is sent", slowReader),
  rule("S9.6", "a new server on the port of the old one", again, { needs: ["start"] }),
];

/** The server is the one that ends the connection, so the port is in TIME_WAIT. */
async function again(context: CaseContext): Promise<void> {
  const first = await context.startServer();
  const list = await runRequest(context, first, "list");
  first.program?.kill("SIGINT");
  let ended = await first.program?.waitForExit(CLOSE_LIMIT);
  list.close();
  ended ||= await first.program?.waitForExit(STOP_LIMIT);
  await first.program?.[Symbol.asyncDispose]();
  need(ended === true, "S9.5", "SIGINT did not end it");
  const second = context.launch({ port: first.port });
  const ready = await context.waitUntilListening(second, first.port);
  const state = `the second server is ${second.ending}; ${second.words}`;
  must(ready, `a second server listens on port ${first.port}`, state);
}
