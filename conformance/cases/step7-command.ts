// Step 7: what becomes of an invalid command, and of the data connection for a valid one.

import type { Attempt } from "../harness/context.ts";
import { present } from "../peer/pick-file.ts";
import { type Case, rule } from "../harness/test-case.ts";
import { type Kind, opener } from "../dialect/types.ts";
import { type Exchange } from "../peer/client.ts";
import { complained, converse } from "../peer/client-requests.ts";
import { CLOSE_LIMIT, QUIET } from "../spec/timeouts.ts";
import { applies, must, need } from "../spec/verdict.ts";

async function refusal(attempt: Attempt, kind: Kind): Promise<Exchange> {
  return converse(attempt, await attempt.server(), kind);
}

async function isRefused(done: Exchange): Promise<void> {
  // Where the dialect does not say how an error looks, whatever comes is one: what else could it be?
  const { match, say } = done.attempt.dialect.errors.invalid;
  const open = match === undefined && say.includes("{text}");
  const said = (open && done.rest !== "") || (await complained(done)) !== undefined;
  must(said, "an error message on P", done.words);
}

async function opensNone(attempt: Attempt, kind: Kind): Promise<void> {
  const done = await refusal(attempt, kind);
  const late = await attempt.happens(() => done.q !== undefined, QUIET);
  const dials = opener(done.conversation) === "client";
  const { port = 0 } = (dials ? done.q?.remote : done.q?.local) ?? {};
  const what = dials ? `the server took Q on port ${port}` : `the server opened Q to port ${port}`;
  must(!late, "no connection to the data port", what);
}

async function opens(attempt: Attempt, kind: Kind): Promise<void> {
  const server = await attempt.server();
  // What the dialect itself says needs no conversation, which may fail for other reasons.
  const by = opener(attempt.dialect[kind] ?? attempt.dialect.get);
  const wanted = "a connection from the server to the data port";
  must(by !== "client", wanted, "the server waits for the client to open Q");
  must(by !== "nobody", wanted, "no Q at all: everything travels on P");
  const file = kind === "get" ? await present(attempt, server) : "";
  const done = await converse(attempt, server, kind, { file });
  const expected = `a connection from the server to port ${Number(done.values["dport"])}`;
  must(done.q !== undefined, expected, `none; ${done.stuck ?? ""}`);
  const { host } = done.q.remote;
  const { host: there } = done.p.remote;
  must(host === there, `it comes from ${there}`, `it comes from ${host}`);
}

async function closes(attempt: Attempt, kind: Kind, isThere = true): Promise<void> {
  const server = await attempt.server();
  const file = isThere && kind === "get" ? await present(attempt, server) : attempt.absent;
  const { q, p, stuck } = await converse(attempt, server, kind, { file });
  // Where an error needs no Q, none has to be closed.
  need(q !== undefined || !isThere, "S7.5", `no Q came; ${stuck ?? ""}`);
  if (!q) return;
  await attempt.within("the end of Q", CLOSE_LIMIT, () => q.over);
  const state = p.over ? "" : ", while P is open";
  must(
    q.over,
    "the server closes Q",
    `Q is open ${CLOSE_LIMIT} ms after ${q.length > 0 ? "its last byte" : "it was opened"}${state}`,
  );
  // The conversation has waited for it as well.
  const took = Math.round(q.endedAt - q.lastAt);
  const expected = `the server closes Q within ${CLOSE_LIMIT} ms`;
  must(took <= CLOSE_LIMIT, expected, `it was closed ${took} ms after its last byte`);
}

export const cases: Case[] = [
  rule("S7.1", "an unknown command", async (attempt) =>
    isRefused(await refusal(attempt, "invalid")),
  ),
  rule("S7.2", "an unknown command", (attempt) => opensNone(attempt, "invalid")),
  rule("S7.3", "-g without a name: an error", async (attempt) =>
    isRefused(await refusal(attempt, "nameless")),
  ),
  rule("S7.3", "-g without a name: no Q", (attempt) => opensNone(attempt, "nameless")),
  rule("S7.5", "-l", (attempt) => opens(attempt, "list")),
  rule("S7.5", "-g", (attempt) => opens(attempt, "get")),
  rule("S7.6", "after a listing", (attempt) => closes(attempt, "list")),
  rule("S7.6", "after a file", (attempt) => closes(attempt, "get")),
  rule("S7.6", "after an error", (attempt) => closes(attempt, "get", false)),
  rule("S7.7", "nobody listens on the data port", async (attempt) => {
    applies(opener(attempt.dialect.get) === "server", "the server opens no Q");
    const server = await attempt.server();
    const ask = {
      file: await present(attempt, server),
      port: attempt.dataPort(server.port),
    };
    const done = await converse(attempt, server, "get", ask);
    must((done.error ?? done.rest) !== "", "a word about it on P", done.p.said);
  }),
];
