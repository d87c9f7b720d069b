// The native dialect: what a server replies, and in which order.

import { truncateSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { ORDER_SLACK, QUIET, SERVER_LIMIT } from "../../spec/timeouts.ts";
import { findFreePort } from "../../net/ports.ts";
import {
  askNative,
  readField,
  openNative,
  startStalledTransfer,
  type NativeClient,
} from "../../peer/native-client.ts";
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

async function grammar(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  for (const request of REQUESTS) {
    const talk = await (await openNative(context, server)).send(request).waitForEnd();
    const lines = talk.p.bytes.toString("utf8").split("\n");
    must(lines.pop() === "", "whole lines on P", show(talk.p.bytes));
    need(lines.length > 0, "N7.8", `no reply to ${show(request)}`);
    for (const line of lines) {
      const good = REPLY.test(line) && !/\p{Cc}/u.test(line) && Buffer.byteLength(line) < 4_096;
      must(good, "three digits, keys, a text", show(line));
    }
  }
}

async function announced(context: CaseContext, request: string, bytes: number): Promise<string> {
  const talk = await askNative(context, request);
  const reply = await talk.waitForCode("150");
  // The kernel may tell of the two connections in either order.
  await context.happensWithin(() => talk.q !== undefined, ORDER_SLACK);
  must(talk.q !== undefined, "150 once Q is connected", "150 without Q");
  const port = String(talk.q.remote.port);
  must(readField(reply, "bytes") === `${bytes}`, `bytes=${bytes}`, show(reply));
  must(readField(reply, "port") === port, `port=${port}, where its end of Q is`, show(reply));
  return reply;
}

async function version(talk: NativeClient): Promise<string> {
  const reply = await talk.send("-g hello.txt {dport}\n").waitForCode("150");
  const token = readField(reply, "version") ?? "";
  must(/^[\w.-]{1,64}$/.test(token), "a version token in 150", show(reply));
  await talk.waitForEnd();
  return token;
}

/** Another content may be as long as the one before. */
async function sameLength(context: CaseContext): Promise<void> {
  const { files } = context;
  const server = await context.startServer();
  const first = await version(await openNative(context, server));
  files.add("hello.txt", Buffer.from(files.content("hello.txt")).reverse());
  const next = await version(await openNative(context, server));
  must(
    next !== first,
    "another version for another content of the same length",
    `${next} for both`,
  );
}

async function countsTheRest(context: CaseContext): Promise<void> {
  const rest = context.files.content("lines.txt").length - 10;
  const reply = await (
    await askNative(context, "REST 10\n-g lines.txt {dport}\n")
  ).waitForCode("226");
  must(
    readField(reply, "bytes") === `${rest}`,
    `bytes=${rest} in 226, as many as were sent`,
    show(reply),
  );
}

async function versions(context: CaseContext): Promise<void> {
  const { files } = context;
  const server = await context.startServer();
  const first = await version(await openNative(context, server));
  const same = await version(await openNative(context, server));
  must(first === same, "one version for one state of the file", `${first}, then ${same}`);
  files.add("hello.txt", "Another content.\n");
  const next = await version(await openNative(context, server));
  must(next !== first, "another version for another content", `${next} for both`);
}

/** The reader has stopped: not all can have been sent, so 226 would be a lie. */
async function stalled(context: CaseContext): Promise<NativeClient> {
  const talk = await startStalledTransfer(context);
  await context.happensWithin(() => talk.replies.some((line) => line.startsWith("226 ")), QUIET);
  return talk;
}

async function afterAll(context: CaseContext): Promise<void> {
  const talk = await stalled(context);
  const early = talk.replies.find((line) => line.startsWith("226 ")) ?? "";
  must(early === "", "no 226 before all bytes were sent", `${early} while most were not`);
  talk.q?.socket.resume();
  const reply = await talk.waitForCode("226", SERVER_LIMIT);
  const { length } = context.files.content("endless.txt");
  must(readField(reply, "bytes") === `${length}`, `bytes=${length} in 226`, reply);
}

async function afterClose(context: CaseContext): Promise<void> {
  const { length } = context.files.content("hello.txt");
  const talk = await askNative(context, "-g hello.txt {dport}\n");
  const reply = await talk.waitForCode("226");
  await context.happensWithin(() => talk.q?.hasEnded === true, ORDER_SLACK);
  must(talk.q?.hasEnded === true, "226 once Q is closed", "226 while Q is open");
  must(readField(reply, "bytes") === `${length}`, `bytes=${length} in 226`, show(reply));
}

async function shrinks(context: CaseContext): Promise<void> {
  const talk = await stalled(context);
  truncateSync(join(context.files.served, "endless.txt"), 1_000);
  talk.q?.socket.resume();
  await talk.waitForEnd(SERVER_LIMIT);
  const last = talk.replies.at(-1) ?? "";
  const success = talk.replies.some((line) => line.startsWith("226 "));
  must(/^4\d\d /.test(last) && !success, "an error after the 150, and no 226", show(talk.p.text));
}

/** A name that is wrong and a port that is closed: whoever dials first says 425. */
async function dialsFirst(context: CaseContext): Promise<void> {
  const { p } = await (
    await askNative(context, `-g ${context.absent} ${findFreePort()}\n`)
  ).waitForEnd();
  const dialled = /^425 /m.test(p.text);
  must(dialled, "425, since Q is dialled before the name is looked at", show(p.text));
}

async function emptyQ(context: CaseContext): Promise<void> {
  const talk = await askNative(context, `-g ${context.absent} {dport}\n`);
  await talk.waitForQEnd();
  must(talk.q !== undefined, "Q is opened, then the name is looked at", "no Q came");
  need(talk.q.hasEnded, "S7.6", "Q is not closed");
  must(talk.q.length === 0, "Q is closed without a byte", show(talk.q.bytes));
}

export const cases: TestCase[] = [
  rule("N7.1", "each reply to seven requests", grammar),
  rule("N7.3", "150 of a listing", async (context) => {
    const names = [
      "binary.bin",
      "empty.txt",
      "hello.txt",
      "lines.txt",
      "two words.txt",
      "unended.txt",
    ];
    const bytes = [...names, context.files.surprise].join("\n").length + 1;
    await announced(context, "-l {dport}\n", bytes);
  }),
  rule("N7.3", "150 of a file", async (context) => {
    const { length } = context.files.content("lines.txt");
    await announced(context, "-g lines.txt {dport}\n", length);
  }),
  rule("N7.3", "the version changes with the file", versions),
  rule("N7.3", "the version changes with a content of the same length", sameLength),
  rule("N7.4", "Q after REST carries what 150 announced", async (context) => {
    // Whatever is sent of it: that the file is there is what counts.
    context.files.content("lines.txt");
    const talk = await askNative(context, "REST 10\n-g lines.txt {dport}\n");
    const bytes = readField(await talk.waitForCode("150"), "bytes");
    const { length } = await talk.waitForQEnd();
    must(bytes === `${length}`, `${bytes} bytes on Q, as announced`, `${length} bytes`);
  }),
  rule("N7.5", "226 waits for a reader that has stopped", afterAll),
  rule("N7.5", "226 comes once Q is closed", afterClose),
  rule("N7.5", "226 after REST", countsTheRest),
  rule("N7.7", "a missing file, and nobody at the data port", dialsFirst),
  rule("N7.7", "a missing file: Q is opened, and closed without a byte", emptyQ),
  rule("N7.13", "the file shrinks while the reader has stopped", shrinks),
];
