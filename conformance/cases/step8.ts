// Step 8: the client closes P and terminates.

import type { Attempt } from "../harness/context.ts";
import { type Case, rule } from "../harness/test-case.ts";
import type { Channel } from "../net/connection.ts";
import { opener } from "../dialect/types.ts";
import { converse } from "../peer/client-requests.ts";
import { CLOSE_LIMIT, GIVE_UP_LIMIT, ORDER_SLACK, QUIET, REPLY_LIMIT } from "../spec/timeouts.ts";
import { play } from "../peer/launch-client.ts";
import { type Play, type Script } from "../peer/server.ts";
import { applies, must, need } from "../spec/verdict.ts";

const payload = Buffer.from("hello.txt\nworld.txt\n");
const file = "hello.txt";

/** P is left open by the suite: closing it is the client's part. */
async function ends(attempt: Attempt, script: Script, limit: number): Promise<Play> {
  const done = await play(attempt, script, script.kind === "get" ? { file } : {});
  const { program, p } = done;
  const ended = await program.ended(limit);
  must(ended, "the client ends", `${limit} ms later it still runs; ${program.words}`);
  await attempt.within("the end of P", REPLY_LIMIT, () => p.over);
  must(p.over, "the client closes P", "P is still open");
  return done;
}

const die = async ({ p, q }: Play): Promise<void> => {
  q?.abort();
  p.abort();
};

async function midway(play: Play, q: Channel): Promise<void> {
  q.send(play.payload.subarray(0, 7));
  await Bun.sleep(QUIET / 3);
  await die(play);
}

async function status(attempt: Attempt, script: Script, name: string): Promise<number | null> {
  const { program } = await play(attempt, script, { file: name });
  need(await program.ended(GIVE_UP_LIMIT), "S8.1", "it does not end");
  return program.exited?.code ?? null;
}

export const cases: Case[] = [
  rule("S8.1", "after a listing", async (attempt) => {
    await ends(attempt, { kind: "list", payload }, REPLY_LIMIT);
  }),
  rule("S8.1", "after a file", async (attempt) => {
    await ends(attempt, { kind: "get", payload }, REPLY_LIMIT);
  }),
  rule("S8.1", "after an error", async (attempt) => {
    await ends(attempt, { kind: "get", error: "No such file is here" }, REPLY_LIMIT);
  }),
  rule("S8.2", "the server hears the command and does nothing more", async (attempt) => {
    await ends(attempt, { kind: "get", atCommand: async () => {} }, GIVE_UP_LIMIT);
  }),
  rule("S8.2", "the server announces Q, and it never comes", async (attempt) => {
    applies(attempt.bench.native, "only the native dialect announces Q");
    const atCommand = async (play: Play): Promise<void> =>
      play.say(`150 bytes={size} port=${attempt.dataPort()} version=v1 it will come\n`);
    await ends(attempt, { kind: "get", payload, atCommand }, GIVE_UP_LIMIT);
  }),
  rule("S8.3", "the server dies before it opens Q", async (attempt) => {
    await ends(attempt, { kind: "get", atCommand: die }, GIVE_UP_LIMIT);
  }),
  rule("S8.3", "the server dies in the middle of a file", async (attempt) => {
    await ends(attempt, { kind: "get", payload, atData: midway }, GIVE_UP_LIMIT);
  }),
  rule("S8.4", "0 after a file, another one after an error", async (attempt) => {
    const good = await status(attempt, { kind: "get", payload }, file);
    must(good === 0, "exit status 0 after a transfer", `exit status ${good}`);
    // Every dialect has an error about a file, and few one about a listing; the first file is there by now.
    const error = "No such file is here";
    const bad = await status(attempt, { kind: "get", error }, "missing.txt");
    must(bad !== 0, "an exit status other than 0 after an error", "exit status 0");
  }),
  rule("S8.5", "P after a listing, while the client is slow to close it", async (attempt) => {
    const { p, q, stuck, conversation } = await converse(attempt, await attempt.server(), "list");
    // Where everything travels on P, no Q is missing, and no end of Q is awaited.
    const none = opener(conversation) === "nobody";
    need(q !== undefined || none, "S7.5", `no Q came; ${stuck ?? ""}`);
    await attempt.within("the end of Q", CLOSE_LIMIT, () => none || q?.over === true);
    need(none || q?.over === true, "S7.6", "Q is not closed");
    await attempt.happens(() => p.over, QUIET);
    // A server that has half-closed P reads on; one that has closed it answers with RST.
    if (!p.closed) p.send("\n");
    await attempt.happens(() => p.reset, ORDER_SLACK);
    must(!p.reset, "P stays open until the client closes it", "the server has closed P");
  }),
];
