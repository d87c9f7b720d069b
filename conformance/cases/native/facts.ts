// The native dialect: sizes and times, in a listing after FACTS and in the 150 of a file.

import { utimesSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext, RunningServer } from "../../harness/context.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { needOption, openNative, readField, type NativeClient } from "../../peer/native-client.ts";
import { applies, need } from "../../spec/verdict.ts";
import { expectOptionReply, mustOn } from "../expectations.ts";

/** Seconds since 1970 (2019-03-31 01:02:03 UTC): in many time zones a clock change is near. */
const TIME = 1_553_994_123;
const WRITTEN = "20190331010203";

const LINE = /^((?:[^ ;=]+=[^ ;]*;)+) (.+)$/s;

const option = { role: "server" } as const;

/** Every file was last written at the same time, long ago. */
async function startWithTimes(context: CaseContext): Promise<RunningServer> {
  const server = await context.startServer();
  for (const name of context.files.files.keys())
    utimesSync(join(context.files.served, name), TIME, TIME);
  return server;
}

async function askForListing(context: CaseContext, server: RunningServer, options: string) {
  const client = (await openNative(context, server)).send(`${options}-l {dport}\n`);
  if (options !== "") {
    needOption("FACTS", "N6.19", await client.waitForReply());
  }
  await client.waitForCode("226");
  const text = (await client.waitForQEnd()).toString();
  return { client, lines: text.split("\n").slice(0, -1) };
}

/** The facts of each line by the name of its file. */
function readLines(client: NativeClient, lines: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const line of lines) {
    const [, facts = "", name = ""] = LINE.exec(line) ?? [];
    mustOn(client.q, name !== "", "facts, one space and a name in each line");
    files.set(name, facts);
  }
  return files;
}

async function expectSameNames(context: CaseContext): Promise<void> {
  const server = await startWithTimes(context);
  const plain = await askForListing(context, server, "");
  const { client, lines } = await askForListing(context, server, "FACTS\n");
  const names = [...readLines(client, lines).keys()];
  mustOn(client.q, names.join("\n") === plain.lines.join("\n"), "the names of -l, in that order");
}

async function expectFacts(context: CaseContext): Promise<void> {
  const server = await startWithTimes(context);
  const { client, lines } = await askForListing(context, server, "FACTS\n");
  const files = readLines(client, lines);
  for (const [name, { length }] of context.files.files) {
    need(files.has(name), "S7.8", `the listing lacks ${name}`);
    const facts = `;${files.get(name)}`;
    mustOn(client.q, facts.includes(`;size=${length};`), `size=${length}; for ${name}`);
    const isRight = new RegExp(`;modify=${WRITTEN}(\\.\\d+)?;`).test(facts);
    mustOn(client.q, isRight, `modify=${WRITTEN}; for ${name}`);
  }
}

async function expectTimeOfFile(context: CaseContext): Promise<void> {
  const server = await startWithTimes(context);
  const client = (await openNative(context, server)).send("-g hello.txt {dport}\n");
  const time = readField(await client.waitForCode("150"), "modify");
  applies(time !== undefined, "this server does not tell the time of a file");
  mustOn(client.p, time.replace(/\.\d+$/, "") === WRITTEN, `modify=${WRITTEN} in 150`);
}

export const cases: TestCase[] = [
  rule("N6.19", "FACTS", (context) => expectOptionReply(context, "FACTS"), option),
  rule("N6.19", "the names after FACTS", expectSameNames, option),
  rule("N6.19", "the size and the time of each file", expectFacts, option),
  rule("N7.34", "a file that was written long ago", expectTimeOfFile, option),
];
