// Step 7: the listing and the contents of files on Q.

import { unlinkSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext, RunningServer } from "../harness/context.ts";
import { findData, findEnd } from "./evidence.ts";
import { describeDifference, show } from "../net/bytes.ts";
import { pickServedFile } from "../peer/pick-file.ts";
import { type TestCase, type Need, rule } from "../harness/test-case.ts";
import { type DialectClient } from "../peer/client.ts";
import { runRequest } from "../peer/client-requests.ts";
import { applies, must, need } from "../spec/verdict.ts";

const PLAIN = "hello.txt";

/** The server sends the file byte for byte. */
async function expectFile(context: CaseContext, file: string): Promise<DialectClient> {
  const content = context.files.content(file);
  const { maxFile = Infinity } = context.dialect.abilities ?? {};
  applies(content.length <= maxFile, `the program takes files of up to ${maxFile} bytes`);
  const client = await runRequest(context, await context.startServer(), "get", { file });
  if (!client.q && file !== PLAIN) await expectNoQForPlainFile(context, client, file);
  expectPayloadOnQ(client, content);
  await expectSameBytes(client, content, file);
  return client;
}

async function expectSameBytes(
  client: DialectClient,
  content: Uint8Array,
  file: string,
): Promise<void> {
  const observed = describeDifference(content, client.payload);
  const expected = `the ${content.length} bytes of ${file} on Q`;
  must(observed === undefined, expected, observed ?? "", findData(client.q) ?? findEnd(client.q));
  if (content.length > 0) await expectNothingBehind(client, expected);
}

/** More bytes may follow those that were announced, in the same segment or later. Padding is not counted. */
async function expectNothingBehind(client: DialectClient, expected: string): Promise<void> {
  const { context, q } = client;
  await context.happensWithin(() => q?.hasEnded !== false, context.timeouts.quiet);
  const surplus = client.surplusOnQ;
  const isPadding = /^[\0\s]*$/.test(surplus.toString("latin1"));
  must(isPadding, expected, `all of them, and then ${show(surplus)}`, findData(q));
}

/** If a plain file brings Q, the missing Q belongs to the rule about this file. */
async function expectNoQForPlainFile(context: CaseContext, client: DialectClient, file: string) {
  const server = await context.startServer();
  const { q } = await runRequest(context, server, "get", { file: PLAIN });
  const observed = `the server opens Q for ${PLAIN}, but not for this file: ${client.description}`;
  must(q === undefined, `the contents of ${show(file)} on Q`, observed);
}

/** Some servers send it on P. A dialect can describe that, but it is against the assignment. */
function expectPayloadOnQ(client: DialectClient, content?: Uint8Array): void {
  const { p, q, stopReason, payload, conversation } = client;
  const isOnP = conversation.data?.on === "P" && payload.length > 0;
  // A wrong byte is one more fault, which the wrong connection must not hide.
  const difference = content && describeDifference(content, payload);
  const wrong = difference === undefined ? "" : `, and they are wrong as well: ${difference}`;
  must(!isOnP, "the data on Q", `the data on P: ${show(payload, 80)}${wrong}`, findData(p));
  need(q !== undefined, "S7.5", `the server did not open Q; ${stopReason ?? ""}`);
}

/** Asks the same server again. If it serves only its first client, another rule is broken. */
async function askAgain(
  context: CaseContext,
  server: RunningServer,
  kind: "list" | "get",
  file = "",
): Promise<DialectClient> {
  const client = await runRequest(context, server, kind, { file });
  const observed = `the server did not open Q for the next client; ${client.stopReason ?? ""}`;
  need(client.q !== undefined, "S9.1", observed);
  return client;
}

async function expectSameTwice(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const name = await pickServedFile(context, server);
  const first = await runRequest(context, server, "get", { file: name });
  expectPayloadOnQ(first);
  first.close();
  await expectSameBytes(await askAgain(context, server, "get", name), first.payload, name);
}

function expectListed(client: DialectClient, name: string): void {
  expectPayloadOnQ(client);
  const listed = show(client.payload, 400);
  must(client.payload.includes(name), `${name} in the listing on Q`, listed, findData(client.q));
}

async function expectAllListed(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const client = await runRequest(context, server, "list");
  // In a directory that is not ours, we know only the names that the server lists.
  if (context.isExternal) return expectListed(client, await pickServedFile(context, server));
  const texts = [...context.files.files.keys()].filter((name) => name.endsWith(".txt"));
  for (const name of texts) expectListed(client, name);
}

async function expectFreshListing(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const before = await runRequest(context, server, "list"); // the server may remember it
  expectPayloadOnQ(before);
  before.close();
  context.files.add("newcomer.txt", "made after the start\n");
  unlinkSync(join(context.files.served, "unended.txt"));
  const client = await askAgain(context, server, "list");
  expectListed(client, "newcomer.txt");
  const isGone = !client.payload.includes("unended.txt");
  const listed = show(client.payload, 400);
  must(isGone, "the deleted file is not in the listing", listed, findData(client.q));
}

async function expectEmptyFile(context: CaseContext): Promise<void> {
  const { isComplete, error, p } = await expectFile(context, "empty.txt");
  must(error === undefined, "no error message", `${show(error ?? "")} on P`, findData(p));
  need(isComplete, "S7.6", "Q is still open");
}

async function expectLargeFile(context: CaseContext): Promise<void> {
  context.files.addLarge();
  await expectFile(context, "large.txt");
}

const file = (id: string, title: string, name: string, ...needs: Need[]): TestCase =>
  rule(id, title, async (context) => void (await expectFile(context, name)), { needs });

export const cases: TestCase[] = [
  rule("S7.8", "all text files of the directory", expectAllListed),
  rule("S7.8", "a new file and a deleted file, after the first listing", expectFreshListing),
  rule("S7.10", "the same file, twice", expectSameTwice),
  file("S7.10", "two short lines", PLAIN),
  file("S7.10", "a text without a line end at its end", "unended.txt"),
  file("S7.10", "a text of forty lines", "lines.txt"),
  file("S7.11", "a file with every byte value", "binary.bin", "binary"),
  rule("S7.12", "an empty file", expectEmptyFile, { worked: "get" }),
  rule("S7.13", "a file of five megabytes", expectLargeFile, { needs: ["large"] }),
  file("S7.14", "a name of two words", "two words.txt"),
];
