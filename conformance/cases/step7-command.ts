// Step 7: what becomes of an invalid command, and of the data connection for a valid one.

import type { CaseContext } from "../harness/context.ts";
import { pickServedFile } from "../peer/pick-file.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import type { CommandKind } from "../dialect/types.ts";
import { dataOpener } from "../dialect/steps.ts";
import { type DialectClient } from "../peer/client.ts";
import { waitForError, runRequest } from "../peer/client-requests.ts";
import { CLOSE_LIMIT, QUIET } from "../spec/timeouts.ts";
import { applies, must, need } from "../spec/verdict.ts";

async function refusal(context: CaseContext, kind: CommandKind): Promise<DialectClient> {
  return runRequest(context, await context.startServer(), kind);
}

async function isRefused(done: DialectClient): Promise<void> {
  // Where the dialect does not say how an error looks, whatever comes is one: what else could it be?
  const { match, say } = done.context.dialect.errors.invalid;
  const open = match === undefined && say.placeholders.includes("text");
  const said = (open && done.unreadText !== "") || (await waitForError(done)) !== undefined;
  must(said, "an error message on P", done.description);
}

async function opensNone(context: CaseContext, kind: CommandKind): Promise<void> {
  const done = await refusal(context, kind);
  const late = await context.happensWithin(() => done.q !== undefined, QUIET);
  const dials = dataOpener(done.conversation) === "client";
  const { port = 0 } = (dials ? done.q?.remote : done.q?.local) ?? {};
  const what = dials ? `the server took Q on port ${port}` : `the server opened Q to port ${port}`;
  must(!late, "no connection to the data port", what);
}

async function opens(context: CaseContext, kind: CommandKind): Promise<void> {
  const server = await context.startServer();
  // What the dialect itself says needs no conversation, which may fail for other reasons.
  const by = dataOpener(context.dialect[kind] ?? context.dialect.get);
  const wanted = "a connection from the server to the data port";
  must(by !== "client", wanted, "the server waits for the client to open Q");
  must(by !== "nobody", wanted, "no Q at all: everything travels on P");
  const file = kind === "get" ? await pickServedFile(context, server) : "";
  const done = await runRequest(context, server, kind, { file });
  const expected = `a connection from the server to port ${Number(done.values["dport"])}`;
  must(done.q !== undefined, expected, `none; ${done.stopReason ?? ""}`);
  const { host } = done.q.remote;
  const { host: there } = done.p.remote;
  must(host === there, `it comes from ${there}`, `it comes from ${host}`);
}

async function closes(context: CaseContext, kind: CommandKind, isThere = true): Promise<void> {
  const server = await context.startServer();
  const file = isThere && kind === "get" ? await pickServedFile(context, server) : context.absent;
  const { q, p, stopReason } = await runRequest(context, server, kind, { file });
  // Where an error needs no Q, none has to be closed.
  need(q !== undefined || !isThere, "S7.5", `no Q came; ${stopReason ?? ""}`);
  if (!q) return;
  await context.waitFor("the end of Q", CLOSE_LIMIT, () => q.hasEnded);
  const state = p.hasEnded ? "" : ", while P is open";
  must(
    q.hasEnded,
    "the server closes Q",
    `Q is open ${CLOSE_LIMIT} ms after ${q.length > 0 ? "its last byte" : "it was opened"}${state}`,
  );
  // The conversation has waited for it as well.
  const took = Math.round(q.endedAt - q.lastReceivedAt);
  const expected = `the server closes Q within ${CLOSE_LIMIT} ms`;
  must(took <= CLOSE_LIMIT, expected, `it was closed ${took} ms after its last byte`);
}

export const cases: TestCase[] = [
  rule("S7.1", "an unknown command", async (context) =>
    isRefused(await refusal(context, "invalid")),
  ),
  rule("S7.2", "an unknown command", (context) => opensNone(context, "invalid")),
  rule("S7.3", "-g without a name: an error", async (context) =>
    isRefused(await refusal(context, "nameless")),
  ),
  rule("S7.3", "-g without a name: no Q", (context) => opensNone(context, "nameless")),
  rule("S7.5", "-l", (context) => opens(context, "list")),
  rule("S7.5", "-g", (context) => opens(context, "get")),
  rule("S7.6", "after a listing", (context) => closes(context, "list")),
  rule("S7.6", "after a file", (context) => closes(context, "get")),
  rule("S7.6", "after an error", (context) => closes(context, "get", false)),
  rule("S7.7", "nobody listens on the data port", async (context) => {
    applies(dataOpener(context.dialect.get) === "server", "the server opens no Q");
    const server = await context.startServer();
    const ask = {
      file: await pickServedFile(context, server),
      dataPort: context.dataPort(server.port),
    };
    const done = await runRequest(context, server, "get", ask);
    must((done.error ?? done.unreadText) !== "", "a word about it on P", done.p.description);
  }),
];
