// Step 7: the listing and the contents of files, as they come on Q.

import { unlinkSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext, RunningServer } from "../harness/context.ts";
import { describeDifference, show } from "../net/bytes.ts";
import { pickServedFile } from "../peer/pick-file.ts";
import { type TestCase, type Need, rule } from "../harness/test-case.ts";
import { type DialectClient } from "../peer/client.ts";
import { runRequest } from "../peer/client-requests.ts";
import { applies, must, need } from "../spec/verdict.ts";

const PLAIN = "hello.txt";

/** The file comes as it is, byte for byte. */
async function fetches(context: CaseContext, file: string): Promise<DialectClient> {
  const content = context.files.content(file);
  const { maxFile = Infinity } = context.dialect.abilities ?? {};
  applies(content.length <= maxFile, `the program takes files of up to ${maxFile} bytes`);
  const done = await runRequest(context, await context.startServer(), "get", { file });
  if (!done.q && file !== PLAIN) await othersCome(context, done, file);
  comesOnQ(done);
  const differs = describeDifference(content, done.payload);
  must(differs === undefined, `the ${content.length} bytes of ${file} on Q`, differs ?? "");
  return done;
}

/** Where a plain file brings Q, it is the fault of this one that none came. */
async function othersCome(
  context: CaseContext,
  { description }: DialectClient,
  file: string,
): Promise<void> {
  const plain = await runRequest(context, await context.startServer(), "get", { file: PLAIN });
  must(
    plain.q === undefined,
    `the contents of ${show(file)} on Q`,
    `no Q came, as it does for ${PLAIN}: ${description}`,
  );
}

/** Some servers send it on P, and a dialect may describe that: it is against the assignment all the same. */
function comesOnQ({ q, stopReason, payload, conversation }: DialectClient): void {
  const onP = conversation.data?.on === "P" && payload.length > 0;
  must(!onP, "what was asked for on Q", `it came on P: ${show(payload, 80)}`);
  need(q !== undefined, "S7.5", `no Q came; ${stopReason ?? ""}`);
}

/** The same server once more: where it has served a client and not the next, that is another rule. */
async function next(context: CaseContext, server: RunningServer, kind: "list" | "get", file = "") {
  const done = await runRequest(context, server, kind, { file });
  need(done.q !== undefined, "S9.1", `no Q for the next client; ${done.stopReason ?? ""}`);
  return done;
}

/** Whatever it holds, it is the same for the next client. */
async function twice(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const name = await pickServedFile(context, server);
  const first = await runRequest(context, server, "get", { file: name });
  comesOnQ(first);
  first.close();
  const second = await next(context, server, "get", name);
  const differs = describeDifference(first.payload, second.payload);
  must(differs === undefined, `the same ${first.payload.length} bytes of ${name}`, differs ?? "");
}

function lists(done: DialectClient, name: string): void {
  comesOnQ(done);
  const expected = `${name} among the names on Q`;
  must(done.payload.includes(name), expected, show(done.payload, 400));
}

const file = (id: string, title: string, name: string, ...needs: Need[]): TestCase =>
  rule(id, title, async (context) => void (await fetches(context, name)), { needs });

export const cases: TestCase[] = [
  rule("S7.8", "each file of the directory is named", async (context) => {
    const server = await context.startServer();
    const done = await runRequest(context, server, "list");
    // Of a directory that is not ours: a name in it is the name of a file.
    if (context.isExternal) return lists(done, await pickServedFile(context, server));
    for (const name of context.files.files.keys()) if (name.endsWith(".txt")) lists(done, name);
  }),
  rule(
    "S7.8",
    "a file that was made after the first listing, and one that is gone",
    async (context) => {
      const server = await context.startServer();
      const before = await runRequest(context, server, "list"); // which it may remember
      comesOnQ(before);
      before.close();
      context.files.add("newcomer.txt", "made after the start\n");
      unlinkSync(join(context.files.served, "unended.txt"));
      const done = await next(context, server, "list");
      lists(done, "newcomer.txt");
      const gone = !done.payload.includes("unended.txt");
      must(gone, "no name of a file that is not there any more", show(done.payload, 400));
    },
  ),
  rule("S7.10", "a file that is there, twice", twice),
  file("S7.10", "two short lines", PLAIN),
  file("S7.10", "a text whose last line has no end", "unended.txt"),
  file("S7.10", "a text of forty lines", "lines.txt"),
  file("S7.11", "every byte there is", "binary.bin", "binary"),
  rule("S7.12", "a file of no bytes", async (context) => {
    const { isComplete, error } = await fetches(context, "empty.txt");
    must(error === undefined, "no error", `an error on P: ${show(error ?? "")}`);
    need(isComplete, "S7.6", "Q stays open");
  }),
  rule(
    "S7.13",
    "five megabytes",
    async (context) => {
      context.files.addLarge();
      await fetches(context, "large.txt");
    },
    { needs: ["large"] },
  ),
  file("S7.14", "a name of two words", "two words.txt"),
];
