// The native dialect: what a server replies, and in which order.

import { appendFileSync, truncateSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext } from "../../harness/context.ts";
import { findMoment } from "../evidence.ts";
import { mustOn } from "../expectations.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { findFreePort } from "../../net/ports.ts";
import { canPeerSend } from "../../net/procfs.ts";
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

async function checkGrammar(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  for (const request of REQUESTS) {
    const { p } = await (await openNative(context, server)).send(request).waitForEnd();
    const lines = p.bytes.toString("utf8").split("\n");
    mustOn(p, lines.pop() === "", "every reply ends with LF");
    need(lines.length > 0, "N7.8", `no reply to ${show(request)}`);
    // A CR before the LF breaks another rule (N6.1).
    for (const line of lines.map((each) => each.replace(/\r$/, ""))) {
      const isGood = REPLY.test(line) && !/\p{Cc}/u.test(line) && Buffer.byteLength(line) < 4_096;
      mustOn(p, isGood, "every reply has three digits, keys and a text");
    }
  }
}

/** The reply has this value for this key. */
function expectField(client: NativeClient, reply: string, key: string, value: unknown): void {
  const isRight = readField(reply, key) === `${value}`;
  mustOn(client.p, isRight, `${key}=${value} in ${reply.slice(0, 3)}`);
}

async function checkAnnouncement(
  context: CaseContext,
  request: string,
  bytes: number,
): Promise<void> {
  const client = await askNative(context, request);
  const reply = await client.waitForCode("150");
  // The kernel may report the two connections in either order.
  await context.happensWithin(() => client.q !== undefined, context.timeouts.order);
  const { q, p } = client;
  mustOn(p, q !== undefined, "Q is open before the 150");
  expectField(client, reply, "bytes", bytes);
  expectField(client, reply, "port", q.remote.port);
}

const listingLength = ({ files }: CaseContext): number =>
  [...files.files.keys()].join("\n").length + 1;

/** A listing that is wrong in itself says nothing about its replies. */
async function needListing(context: CaseContext): Promise<void> {
  const client = await askNative(context, "-l {dport}\n");
  const { length } = await client.waitForQEnd();
  const expected = listingLength(context);
  need(
    length === expected,
    ["S7.8", "N7.9"],
    `the listing has ${length} bytes instead of ${expected}`,
  );
}

async function announceListing(context: CaseContext): Promise<void> {
  await needListing(context);
  await checkAnnouncement(context, "-l {dport}\n", listingLength(context));
}

async function announceFile(context: CaseContext): Promise<void> {
  const { length } = context.files.content("lines.txt");
  await checkAnnouncement(context, "-g lines.txt {dport}\n", length);
}

async function readVersion(client: NativeClient): Promise<string> {
  const reply = await client.send("-g hello.txt {dport}\n").waitForCode("150");
  const token = readField(reply, "version") ?? "";
  mustOn(client.p, /^[\w.-]{1,64}$/.test(token), "a version token in 150");
  await client.waitForEnd();
  return token;
}

/** The version stays the same until the file changes. */
async function expectNewVersion(context: CaseContext, content: string | Uint8Array) {
  const server = await context.startServer();
  const read = async (): Promise<string> => readVersion(await openNative(context, server));
  const first = await read();
  const same = await read();
  const isSame = first === same;
  const second = findMoment(context, "P", ["data"]);
  must(isSame, "the same version for the same file", `${first}, then ${same}`, second);
  context.files.add("hello.txt", content);
  const next = await read();
  const third = findMoment(context, "P", ["data"]);
  must(next !== first, "another version for another content", `${next} for both`, third);
}

/** The two changes are half a second apart, in the same second, and keep the length. */
async function expectNewVersionInSecond(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const content = Buffer.from(context.files.content("hello.txt"));
  const path = join(context.files.served, "hello.txt");
  const second = Math.floor(Date.now() / 1_000) - 5;
  const write = async (bytes: Uint8Array, at: number): Promise<string> => {
    context.files.add("hello.txt", bytes);
    utimesSync(path, at, at);
    return readVersion(await openNative(context, server));
  };
  const first = await write(content, second + 0.2);
  const next = await write(Buffer.from(content).reverse(), second + 0.7);
  const later = findMoment(context, "P", ["data"]);
  must(next !== first, "another version for another content", `${next} for both`, later);
}

async function countAfterRest(context: CaseContext): Promise<void> {
  const rest = context.files.content("lines.txt").length - 10;
  const client = await askNative(context, "REST 10\n-g lines.txt {dport}\n");
  expectField(client, await client.waitForCode("226"), "bytes", rest);
}

async function sendAnnouncedBytes(context: CaseContext, request: string): Promise<void> {
  context.files.content("lines.txt"); // not applicable if this file cannot be served
  const client = await askNative(context, request);
  const bytes = readField(await client.waitForCode("150"), "bytes");
  const { length } = await client.waitForQEnd();
  const expected = `${bytes} bytes on Q, as announced`;
  must(bytes === `${length}`, expected, `${length} bytes`, "Q");
}

/** The file becomes longer while the client does not read. More bytes would be bytes that nobody has announced. */
async function ignoreGrowth(context: CaseContext): Promise<void> {
  const client = await stallTransfer(context);
  const bytes = Number(readField(client.replies[0] ?? "", "bytes"));
  appendFileSync(join(context.files.served, "endless.txt"), "a line that came later\n".repeat(99));
  client.q?.socket.resume();
  const { length } = await client.waitForQEnd(context.timeouts.server);
  await client.waitForEnd();
  const isComplete = findSuccess(client) !== undefined;
  const expected = `the ${bytes} bytes on Q that were announced`;
  const isRight = isComplete ? length === bytes : length <= bytes;
  must(isRight, expected, `${length} bytes`, "Q");
}

const findSuccess = ({ replies }: NativeClient): string | undefined =>
  replies.find((line) => line.startsWith("226 "));

/** The client has stopped reading. The server cannot have sent everything, so 226 would be wrong. */
async function stallTransfer(context: CaseContext): Promise<NativeClient> {
  const client = await startStalledTransfer(context);
  await context.happensWithin(() => findSuccess(client) !== undefined, context.timeouts.quiet);
  return client;
}

async function confirmAfterAllBytes(context: CaseContext): Promise<void> {
  const client = await stallTransfer(context);
  mustOn(client.p, findSuccess(client) === undefined, "no 226 before all bytes are sent");
  client.q?.socket.resume();
  const reply = await client.waitForCode("226", context.timeouts.server);
  expectField(client, reply, "bytes", context.files.content("endless.txt").length);
}

async function confirmAfterClose(
  context: CaseContext,
  request: string,
  length: number,
): Promise<void> {
  const client = await askNative(context, request);
  const reply = await client.waitForCode("226");
  const { q } = client;
  // Within one machine the FIN of Q and the 226 come nearly together: each core has a queue of its own for what arrives.
  if (q && !context.isExternal) {
    const isHere = (): boolean => !canPeerSend(q.local.port, q.remote.port);
    const isInTime = await context.happensWithin(isHere, context.timeouts.order / 5);
    mustOn(client.p, isInTime, "Q is closed before the 226");
  }
  await context.happensWithin(() => q?.hasEnded === true, context.timeouts.order);
  mustOn(client.p, q?.hasEnded === true, "Q is closed before the 226");
  expectField(client, reply, "bytes", length);
}

async function reportShrunkFile(context: CaseContext): Promise<void> {
  const client = await stallTransfer(context);
  truncateSync(join(context.files.served, "endless.txt"), 1_000);
  client.q?.socket.resume();
  await client.waitForEnd(context.timeouts.server);
  const isError = /^4\d\d /.test(client.replies.at(-1) ?? "") && !findSuccess(client);
  mustOn(client.p, isError, "an error after the 150, and no 226");
}

/** The file is missing and the port is closed: a server that opens Q first reports the port. */
async function openQBeforeNameCheck(context: CaseContext): Promise<void> {
  const { p } = await (
    await askNative(context, `-g ${context.absent} ${findFreePort()}\n`)
  ).waitForEnd();
  mustOn(p, /^425 /m.test(p.text), "425, because Q is opened before the name is checked");
}

async function closeEmptyQ(context: CaseContext): Promise<void> {
  const client = await askNative(context, `-g ${context.absent} {dport}\n`);
  await client.waitForQEnd();
  const { p, q } = client;
  mustOn(p, q !== undefined, "Q is opened before the name is checked");
  need(q.hasEnded, "S7.6", "Q is still open");
  mustOn(q, q.length === 0, "Q is closed without a byte");
}

export const cases: TestCase[] = [
  rule("N7.1", "each reply to seven requests", checkGrammar),
  rule("N7.3", "150 for a listing", announceListing),
  rule("N7.3", "150 for a file", announceFile),
  rule("N7.3", "the version after a change", (context) =>
    expectNewVersion(context, "Another content.\n"),
  ),
  rule("N7.3", "the version after a change that keeps the length", (context) =>
    expectNewVersion(context, Buffer.from(context.files.content("hello.txt")).reverse()),
  ),
  rule("N7.3", "the version after a change within the same second", expectNewVersionInSecond),
  rule("N7.4", "Q after REST", (context) =>
    sendAnnouncedBytes(context, "REST 10\n-g lines.txt {dport}\n"),
  ),
  rule("N7.4", "a listing", (context) => sendAnnouncedBytes(context, "-l {dport}\n")),
  rule("N7.4", "the file grows while the client does not read", ignoreGrowth),
  rule("N7.5", "226, and a client that has stopped reading", confirmAfterAllBytes),
  rule("N7.5", "226, and the end of Q", (context) =>
    confirmAfterClose(context, "-g hello.txt {dport}\n", context.files.content("hello.txt").length),
  ),
  rule("N7.5", "226 after a listing", async (context) => {
    await needListing(context);
    await confirmAfterClose(context, "-l {dport}\n", listingLength(context));
  }),
  rule("N7.5", "226 after REST", countAfterRest),
  rule("N7.7", "a missing file, and nobody on the data port", openQBeforeNameCheck),
  rule("N7.7", "a missing file, and a client on the data port", closeEmptyQ),
  rule("N7.13", "the file shrinks while the client does not read", reportShrunkFile),
];
