// Step 7: a file name that the server cannot serve.

import { encodeTemplate } from "../dialect/encode.ts";
import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext } from "../harness/context.ts";
import { findData, findReaction } from "./evidence.ts";
import { show } from "../net/bytes.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import type { DialectClient } from "../peer/client.ts";
import { looksLikeError } from "../peer/error-text.ts";
import { waitForError, runRequest } from "../peer/client-requests.ts";
import { must, need } from "../spec/verdict.ts";

/** The server answers on P with a text that the dialect, or any reader, takes as an error. */
export async function expectErrorOnP(client: DialectClient): Promise<void> {
  const error = await waitForError(client);
  must(error !== undefined, "an error message on P", client.description, findReaction(client));
}

async function rejectFile(context: CaseContext, file: string): Promise<void> {
  await expectErrorOnP(await runRequest(context, await context.startServer(), "get", { file }));
}

/** Bytes on Q are no error message if they are no text, or have only words of the request and of the served files. */
function isMessage(client: DialectClient): boolean {
  const text = client.unexpectedOnQ.toString("utf8").replaceAll("\0", " ").trim();
  if (looksLikeError(text)) return true;
  if (/[\x01-\x08\x0e-\x1f\x7f\ufffd]/.test(text)) return false;
  const known = listKnownTexts(client).join("\n");
  return text.split(/\s+/).some((word) => !known.includes(word));
}

/** What a server may send by mistake, out of its memory or of a directory: the request, contents and names. */
function listKnownTexts({ context, conversation, values }: DialectClient): string[] {
  const request = conversation.steps.flatMap((step) =>
    "send" in step ? encodeTemplate(step.send, values).toString() : [],
  );
  if (context.isExternal) return request;
  const { files, served } = context.files;
  const names = readdirSync(served, { recursive: true }).map(String);
  const contents = [...files.values()].map((content) => Buffer.from(content).toString("utf8"));
  return [...request, ...names, ...contents];
}

async function expectSilentQ(
  context: CaseContext,
  file: string,
  rule: "S7.19" | "S7.21",
): Promise<void> {
  const client = await runRequest(context, await context.startServer(), "get", { file });
  // A greeting or an end marker on Q that the dialect describes is not an error message.
  const hasText = (): boolean => client.unexpectedOnQ.length > 0;
  await context.happensWithin(hasText, context.timeouts.quiet);
  if (!hasText()) return;
  const observed = `${show(client.unexpectedOnQ)} on Q`;
  must(!isMessage(client), "nothing on Q", observed, findData(client.q));
  // Bytes of a directory or of old memory are a fault as well, but not this one.
  const what = `${observed}, which is no message`;
  need(client.error !== undefined, rule, what, findData(client.q));
  context.remark(what);
}

/** Every way to name a file that is beside the served directory, or that a link leads to. */
function makeEscapes(context: CaseContext): string[] {
  const { served, root } = context.files;
  symlinkSync(join(root, "canary.txt"), join(served, "link.txt"));
  symlinkSync(root, join(served, "parent"));
  const outside = join(root, "canary.txt");
  return ["../canary.txt", outside, "folder/../../canary.txt", "link.txt", "parent/canary.txt"];
}

async function expectNoEscape(context: CaseContext): Promise<void> {
  // A leak that misses a few bytes is a leak as well.
  const canary = context.files.canary.slice(0, -4);
  for (const file of makeEscapes(context)) {
    const client = await runRequest(context, await context.startServer(), "get", { file });
    const isLeaked = (): boolean => (client.payload.toString() + client.p.text).includes(canary);
    const leaked = await context.happensWithin(isLeaked, context.timeouts.order);
    const expected = "nothing from outside the served directory";
    const proof = findData(client.q) ?? findData(client.p);
    must(!leaked, expected, `the server sent the contents of ${show(file)}`, proof);
  }
}

const AFTER_A_FILE = { worked: "get" } as const;

const silentQ = (
  title: string,
  other: "S7.19" | "S7.21",
  file: (context: CaseContext) => string,
): TestCase =>
  rule("S7.20", title, (context) => expectSilentQ(context, file(context), other), AFTER_A_FILE);

const rejected = (id: string, title: string, file: (context: CaseContext) => string): TestCase =>
  rule(id, title, (context) => rejectFile(context, file(context)), AFTER_A_FILE);

export const cases: TestCase[] = [
  rejected("S7.19", "a file that does not exist", ({ absent }) => absent),
  silentQ("a file that does not exist", "S7.19", ({ absent }) => absent),
  silentQ("the name of a directory", "S7.21", ({ folder }) => folder),
  rejected("S7.21", "the name of a directory", ({ folder }) => folder),
  rule("S7.22", "names and links that lead out of the directory", expectNoEscape, {
    ...AFTER_A_FILE,
    isLong: true,
  }),
];
