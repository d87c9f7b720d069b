// The native dialect: what a server replies, and in which order.

import { truncateSync } from "node:fs";
import { join } from "node:path";
import type { Attempt } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type Case, rule } from "../../harness/test-case.ts";
import { ORDER_SLACK, QUIET, SERVER_LIMIT } from "../../spec/timeouts.ts";
import { freePort } from "../../net/ports.ts";
import { ask, key, open, stall, type Talk } from "../../peer/native-client.ts";
import { must, need } from "../../spec/verdict.ts";

const REPLY = /^\d{3} (?:[^ =]+=[^ ]* )*[^ ].*$/;

const REQUESTS = [
  "-l {dport}\n",
  "HASH\n-g hello.txt {dport}\n",
  "-g missing.txt {dport}\n",
  "-g \u009b31m {dport}\n",
  "nonsense\n",
  `-${"x".repeat(4_000)}\n`,
  `-g ${"y".repeat(4_080)} {dport}\n`,
];

async function grammar(attempt: Attempt): Promise<void> {
  const server = await attempt.server();
  for (const request of REQUESTS) {
    const talk = await (await open(attempt, server)).say(request).end();
    const lines = talk.p.bytes.toString("utf8").split("\n");
    must(lines.pop() === "", "whole lines on P", show(talk.p.bytes));
    need(lines.length > 0, "N7.8", `no reply to ${show(request)}`);
    for (const line of lines) {
      const good = REPLY.test(line) && !/\p{Cc}/u.test(line) && Buffer.byteLength(line) < 4_096;
      must(good, "three digits, keys, a text", show(line));
    }
  }
}

async function announced(attempt: Attempt, request: string, bytes: number): Promise<string> {
  const talk = await ask(attempt, request);
  const reply = await talk.code("150");
  // The kernel may tell of the two connections in either order.
  await attempt.happens(() => talk.q !== undefined, ORDER_SLACK);
  must(talk.q !== undefined, "150 once Q is connected", "150 without Q");
  const port = String(talk.q.remote.port);
  must(key(reply, "bytes") === `${bytes}`, `bytes=${bytes}`, show(reply));
  must(key(reply, "port") === port, `port=${port}, where its end of Q is`, show(reply));
  return reply;
}

async function version(talk: Talk): Promise<string> {
  const reply = await talk.say("-g hello.txt {dport}\n").code("150");
  const token = key(reply, "version") ?? "";
  must(/^[\w.-]{1,64}$/.test(token), "a version token in 150", show(reply));
  await talk.end();
  return token;
}

/** Another content may be as long as the one before. */
async function sameLength(attempt: Attempt): Promise<void> {
  const { files } = attempt;
  const server = await attempt.server();
  const first = await version(await open(attempt, server));
  files.add("hello.txt", Buffer.from(files.content("hello.txt")).reverse());
  const next = await version(await open(attempt, server));
  must(
    next !== first,
    "another version for another content of the same length",
    `${next} for both`,
  );
}

async function countsTheRest(attempt: Attempt): Promise<void> {
  const rest = attempt.files.content("lines.txt").length - 10;
  const reply = await (await ask(attempt, "REST 10\n-g lines.txt {dport}\n")).code("226");
  must(
    key(reply, "bytes") === `${rest}`,
    `bytes=${rest} in 226, as many as were sent`,
    show(reply),
  );
}

async function versions(attempt: Attempt): Promise<void> {
  const { files } = attempt;
  const server = await attempt.server();
  const first = await version(await open(attempt, server));
  const same = await version(await open(attempt, server));
  must(first === same, "one version for one state of the file", `${first}, then ${same}`);
  files.add("hello.txt", "Another content.\n");
  const next = await version(await open(attempt, server));
  must(next !== first, "another version for another content", `${next} for both`);
}

/** The reader has stopped: not all can have been sent, so 226 would be a lie. */
async function stalled(attempt: Attempt): Promise<Talk> {
  const talk = await stall(attempt);
  await attempt.happens(() => talk.replies.some((line) => line.startsWith("226 ")), QUIET);
  return talk;
}

async function afterAll(attempt: Attempt): Promise<void> {
  const talk = await stalled(attempt);
  const early = talk.replies.find((line) => line.startsWith("226 ")) ?? "";
  must(early === "", "no 226 before all bytes were sent", `${early} while most were not`);
  talk.q?.socket.resume();
  const reply = await talk.code("226", SERVER_LIMIT);
  const { length } = attempt.files.content("endless.txt");
  must(key(reply, "bytes") === `${length}`, `bytes=${length} in 226`, reply);
}

async function afterClose(attempt: Attempt): Promise<void> {
  const { length } = attempt.files.content("hello.txt");
  const talk = await ask(attempt, "-g hello.txt {dport}\n");
  const reply = await talk.code("226");
  await attempt.happens(() => talk.q?.over === true, ORDER_SLACK);
  must(talk.q?.over === true, "226 once Q is closed", "226 while Q is open");
  must(key(reply, "bytes") === `${length}`, `bytes=${length} in 226`, show(reply));
}

async function shrinks(attempt: Attempt): Promise<void> {
  const talk = await stalled(attempt);
  truncateSync(join(attempt.files.served, "endless.txt"), 1_000);
  talk.q?.socket.resume();
  await talk.end(SERVER_LIMIT);
  const last = talk.replies.at(-1) ?? "";
  const success = talk.replies.some((line) => line.startsWith("226 "));
  must(/^4\d\d /.test(last) && !success, "an error after the 150, and no 226", show(talk.p.text));
}

/** A name that is wrong and a port that is closed: whoever dials first says 425. */
async function dialsFirst(attempt: Attempt): Promise<void> {
  const { p } = await (await ask(attempt, `-g ${attempt.absent} ${freePort()}\n`)).end();
  const dialled = /^425 /m.test(p.text);
  must(dialled, "425, since Q is dialled before the name is looked at", show(p.text));
}

async function emptyQ(attempt: Attempt): Promise<void> {
  const talk = await ask(attempt, `-g ${attempt.absent} {dport}\n`);
  await talk.drained();
  must(talk.q !== undefined, "Q is opened, then the name is looked at", "no Q came");
  need(talk.q.over, "S7.6", "Q is not closed");
  must(talk.q.length === 0, "Q is closed without a byte", show(talk.q.bytes));
}

export const cases: Case[] = [
  rule("N7.1", "each reply to seven requests", grammar),
  rule("N7.3", "150 of a listing", async (attempt) => {
    const names = [
      "binary.bin",
      "empty.txt",
      "hello.txt",
      "lines.txt",
      "two words.txt",
      "unended.txt",
    ];
    const bytes = [...names, attempt.files.surprise].join("\n").length + 1;
    await announced(attempt, "-l {dport}\n", bytes);
  }),
  rule("N7.3", "150 of a file", async (attempt) => {
    const { length } = attempt.files.content("lines.txt");
    await announced(attempt, "-g lines.txt {dport}\n", length);
  }),
  rule("N7.3", "the version changes with the file", versions),
  rule("N7.3", "the version changes with a content of the same length", sameLength),
  rule("N7.4", "Q after REST carries what 150 announced", async (attempt) => {
    // Whatever is sent of it: that the file is there is what counts.
    attempt.files.content("lines.txt");
    const talk = await ask(attempt, "REST 10\n-g lines.txt {dport}\n");
    const bytes = key(await talk.code("150"), "bytes");
    const { length } = await talk.drained();
    must(bytes === `${length}`, `${bytes} bytes on Q, as announced`, `${length} bytes`);
  }),
  rule("N7.5", "226 waits for a reader that has stopped", afterAll),
  rule("N7.5", "226 comes once Q is closed", afterClose),
  rule("N7.5", "226 after REST", countsTheRest),
  rule("N7.7", "a missing file, and nobody at the data port", dialsFirst),
  rule("N7.7", "a missing file: Q is opened, and closed without a byte", emptyQ),
  rule("N7.13", "the file shrinks while the reader has stopped", shrinks),
];
