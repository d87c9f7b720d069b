// Step 8: the client closes P and terminates.

import type { CaseContext } from "../harness/context.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import type { Connection } from "../net/connection.ts";
import { dataOpener } from "../dialect/steps.ts";
import { runRequest } from "../peer/client-requests.ts";
import { CLOSE_LIMIT, GIVE_UP_LIMIT, ORDER_SLACK, QUIET, REPLY_LIMIT } from "../spec/timeouts.ts";
import { serveClient } from "../peer/launch-client.ts";
import type { DialectServer } from "../peer/server.ts";
import type { Script } from "../peer/script.ts";
import { applies, must, need } from "../spec/verdict.ts";

const payload = Buffer.from("hello.txt\nworld.txt\n");
const file = "hello.txt";

/** P is left open by the suite: closing it is the client's part. */
async function ends(context: CaseContext, script: Script, limit: number): Promise<DialectServer> {
  const done = await serveClient(context, script, script.kind === "get" ? { file } : {});
  const { program, p } = done;
  const ended = await program.waitForExit(limit);
  must(ended, "the client ends", `${limit} ms later it still runs; ${program.words}`);
  await context.waitFor("the end of P", REPLY_LIMIT, () => p.hasEnded);
  must(p.hasEnded, "the client closes P", "P is still open");
  return done;
}

const die = async ({ p, q }: DialectServer): Promise<void> => {
  q?.abort();
  p.abort();
};

async function midway(play: DialectServer, q: Connection): Promise<void> {
  q.send(play.payload.subarray(0, 7));
  await Bun.sleep(QUIET / 3);
  await die(play);
}

async function status(context: CaseContext, script: Script, name: string): Promise<number | null> {
  const { program } = await serveClient(context, script, { file: name });
  need(await program.waitForExit(GIVE_UP_LIMIT), "S8.1", "it does not end");
  return program.exited?.code ?? null;
}

export const cases: TestCase[] = [
  rule("S8.1", "after a listing", async (context) => {
    await ends(context, { kind: "list", payload }, REPLY_LIMIT);
  }),
  rule("S8.1", "after a file", async (context) => {
    await ends(context, { kind: "get", payload }, REPLY_LIMIT);
  }),
  rule("S8.1", "after an error", async (context) => {
    await ends(context, { kind: "get", error: "No such file is here" }, REPLY_LIMIT);
  }),
  rule("S8.2", "the server hears the command and does nothing more", async (context) => {
    await ends(context, { kind: "get", atCommand: async () => {} }, GIVE_UP_LIMIT);
  }),
  rule("S8.2", "the server announces Q, and it never comes", async (context) => {
    applies(context.config.native, "only the native dialect announces Q");
    const atCommand = async (play: DialectServer): Promise<void> =>
      play.say(`150 bytes={size} port=${context.dataPort()} version=v1 it will come\n`);
    await ends(context, { kind: "get", payload, atCommand }, GIVE_UP_LIMIT);
  }),
  rule("S8.3", "the server dies before it opens Q", async (context) => {
    await ends(context, { kind: "get", atCommand: die }, GIVE_UP_LIMIT);
  }),
  rule("S8.3", "the server dies in the middle of a file", async (context) => {
    await ends(context, { kind: "get", payload, atData: midway }, GIVE_UP_LIMIT);
  }),
  rule("S8.4", "0 after a file, another one after an error", async (context) => {
    const good = await status(context, { kind: "get", payload }, file);
    must(good === 0, "exit status 0 after a transfer", `exit status ${good}`);
    // Every dialect has an error about a file, and few one about a listing; the first file is there by now.
    const error = "No such file is here";
    const bad = await status(context, { kind: "get", error }, "missing.txt");
    must(bad !== 0, "an exit status other than 0 after an error", "exit status 0");
  }),
  rule("S8.5", "P after a listing, while the client is slow to close it", async (context) => {
    const { p, q, stopReason, conversation } = await runRequest(
      context,
      await context.startServer(),
      "list",
    );
    // Where everything travels on P, no Q is missing, and no end of Q is awaited.
    const none = dataOpener(conversation) === "nobody";
    need(q !== undefined || none, "S7.5", `no Q came; ${stopReason ?? ""}`);
    await context.waitFor("the end of Q", CLOSE_LIMIT, () => none || q?.hasEnded === true);
    need(none || q?.hasEnded === true, "S7.6", "Q is not closed");
    await context.happensWithin(() => p.hasEnded, QUIET);
    // A server that has half-closed P reads on; one that has closed it answers with RST.
    if (!p.isClosed) p.send("\n");
    await context.happensWithin(() => p.wasReset, ORDER_SLACK);
    must(!p.wasReset, "P stays open until the client closes it", "the server has closed P");
  }),
];
