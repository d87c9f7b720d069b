// Step 9: the server serves the next client, whatever the last one did.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { findReaction } from "./evidence.ts";
import { pickServedFile } from "../peer/pick-file.ts";
import { type Need, type TestCase, rule } from "../harness/test-case.ts";
import {
  runRequest,
  expectNextClientServed,
  prepareRequest,
  startStalledGet,
} from "../peer/client-requests.ts";
import { must, need } from "../spec/verdict.ts";

type Disturbance = (context: CaseContext, server: RunningServer) => Promise<void>;

/** A client does something. Then the next one is served. */
const survives = (
  id: string,
  title: string,
  disturb: Disturbance,
  ...needs: readonly Need[]
): TestCase =>
  rule(
    id,
    title,
    async (context) => {
      const server = await context.startServer();
      await disturb(context, server);
      await expectNextClientServed(context, server);
    },
    { needs, worked: "list" },
  );

const serveThree: Disturbance = async (context, server) => {
  for (let client = 1; client <= 2; client++) await expectNextClientServed(context, server);
  const file = await pickServedFile(context, server);
  const client = await runRequest(context, server, "get", { file });
  const observed = client.stopReason ?? "nothing on Q";
  must(client.payload.length > 0, "the file for the next client", observed, findReaction(client));
  client.close();
};

const failWith =
  (
    kind: "get" | "invalid",
    file: (context: CaseContext) => string = ({ absent }) => absent,
  ): Disturbance =>
  async (context, server) => {
    (await runRequest(context, server, kind, { file: file(context) })).close();
  };

const leaveInCommand: Disturbance = async (context, server) => {
  const p = await context.connect(server);
  p.send("-");
  await context.happensWithin(() => p.hasEnded, context.timeouts.quiet / 3);
  p.abort();
};

/** A client asks for a file, and does not listen on its data port. */
const askWithoutListener =
  (leavesAtOnce: boolean): Disturbance =>
  async (context, server) => {
    const file = await pickServedFile(context, server);
    const dataPort = context.dataPort(server.port);
    const client = await prepareRequest(context, server, "get", { file, dataPort });
    const running = client.run();
    if (leavesAtOnce) client.p.abort();
    await running;
    client.close();
  };

/** A client reads some of a large file and leaves. */
const leaveInFile =
  (end: "close" | "abort"): Disturbance =>
  async (context, server) => {
    context.files.addLarge();
    const client = await prepareRequest(context, server, "get", { file: "large.txt" });
    const running = client.run();
    await context.waitFor("bytes on Q", context.timeouts.reply, () => (client.q?.length ?? 0) > 0);
    client.listener?.stopAccepting();
    for (const connection of [client.q, client.p]) connection?.[end]();
    await running;
  };

const staySilent: Disturbance = async (context, server) => {
  await context.connect(server);
  await context.happensWithin(() => false, context.timeouts.quiet / 3);
};

const stopReading: Disturbance = async (context, server) => {
  const { q } = await startStalledGet(context, server);
  need(q !== undefined, "S7.5", "the server did not open Q");
  await context.happensWithin(() => false, context.timeouts.quiet / 2);
};

/** The server ends P first, so the port is in TIME_WAIT when the next server starts. */
async function restart(context: CaseContext): Promise<void> {
  const first = await context.startServer();
  const client = await runRequest(context, first, "list");
  first.program?.kill("SIGINT");
  let ended = await first.program?.waitForExit(context.timeouts.close);
  client.close();
  ended ||= await first.program?.waitForExit(context.timeouts.stop);
  await first.program?.[Symbol.asyncDispose]();
  need(ended === true, "S9.5", "the server did not end after SIGINT");
  const second = context.launch({ port: first.port });
  const ready = await context.waitUntilListening(second, first.port);
  const expected = `a new server listens on port ${first.port} at once`;
  const end = second.exited && "subject";
  must(
    ready,
    expected,
    `it does not listen (${second.ending}); it printed ${second.lastWords}`,
    end,
  );
}

export const cases: TestCase[] = [
  survives("S9.1", "two listings, a file, and one more listing", serveThree),
  survives("S9.2", "after an unknown command", failWith("invalid")),
  survives("S9.2", "after a file that does not exist", failWith("get")),
  survives(
    "S9.2",
    "after the name of a directory",
    failWith("get", ({ folder }) => folder),
  ),
  survives("S9.3", "a client leaves after half a command", leaveInCommand),
  survives("S9.3", "a client leaves right after its command", askWithoutListener(true)),
  survives("S9.3", "a client does not listen on its data port", askWithoutListener(false)),
  survives("S9.3", "a client closes in the middle of a file", leaveInFile("close")),
  survives("S9.3", "a client resets in the middle of a file", leaveInFile("abort")),
  survives("S9.4", "another client is connected and silent", staySilent, "two clients"),
  survives("S9.4", "another client does not read what it gets", stopReading, "two clients"),
  rule("S9.6", "a new server on the port of the old one", restart, {
    needs: ["start"],
    isLong: true,
  }),
];
