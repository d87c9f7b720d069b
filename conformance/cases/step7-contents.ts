// Step 7: the listing and the contents of files, as they come on Q.

import { unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Attempt, Target } from "../harness/context.ts";
import { difference, show } from "../net/bytes.ts";
import { present } from "../peer/pick-file.ts";
import { type Case, type Need, rule } from "../harness/test-case.ts";
import { type Exchange } from "../peer/client.ts";
import { converse } from "../peer/client-requests.ts";
import { applies, must, need } from "../spec/verdict.ts";

const PLAIN = "hello.txt";

/** The file comes as it is, byte for byte. */
async function fetches(attempt: Attempt, file: string): Promise<Exchange> {
  const content = attempt.files.content(file);
  const { maxFile = Infinity } = attempt.dialect.abilities ?? {};
  applies(content.length <= maxFile, `the program takes files of up to ${maxFile} bytes`);
  const done = await converse(attempt, await attempt.server(), "get", { file });
  if (!done.q && file !== PLAIN) await othersCome(attempt, done, file);
  comesOnQ(done);
  const differs = difference(content, done.payload);
  must(differs === undefined, `the ${content.length} bytes of ${file} on Q`, differs ?? "");
  return done;
}

/** Where a plain file brings Q, it is the fault of this one that none came. */
async function othersCome(attempt: Attempt, { words }: Exchange, file: string): Promise<void> {
  const plain = await converse(attempt, await attempt.server(), "get", { file: PLAIN });
  must(
    plain.q === undefined,
    `the contents of ${show(file)} on Q`,
    `no Q came, as it does for ${PLAIN}: ${words}`,
  );
}

/** Some servers send it on P, and a dialect may describe that: it is against the assignment all the same. */
function comesOnQ({ q, stuck, payload, conversation }: Exchange): void {
  const onP = conversation.data?.on === "P" && payload.length > 0;
  must(!onP, "what was asked for on Q", `it came on P: ${show(payload, 80)}`);
  need(q !== undefined, "S7.5", `no Q came; ${stuck ?? ""}`);
}

/** The same server once more: where it has served a client and not the next, that is another rule. */
async function next(attempt: Attempt, server: Target, kind: "list" | "get", file = "") {
  const done = await converse(attempt, server, kind, { file });
  need(done.q !== undefined, "S9.1", `no Q for the next client; ${done.stuck ?? ""}`);
  return done;
}

/** Whatever it holds, it is the same for the next client. */
async function twice(attempt: Attempt): Promise<void> {
  const server = await attempt.server();
  const name = await present(attempt, server);
  const first = await converse(attempt, server, "get", { file: name });
  comesOnQ(first);
  first.leave();
  const second = await next(attempt, server, "get", name);
  const differs = difference(first.payload, second.payload);
  must(differs === undefined, `the same ${first.payload.length} bytes of ${name}`, differs ?? "");
}

function lists(done: Exchange, name: string): void {
  comesOnQ(done);
  const expected = `${name} among the names on Q`;
  must(done.payload.includes(name), expected, show(done.payload, 400));
}

const file = (id: string, title: string, name: string, ...needs: Need[]): Case =>
  rule(id, title, async (attempt) => void (await fetches(attempt, name)), { needs });

export const cases: Case[] = [
  rule("S7.8", "each file of the directory is named", async (attempt) => {
    const server = await attempt.server();
    const done = await converse(attempt, server, "list");
    // Of a directory that is not ours: a name in it is the name of a file.
    if (attempt.stranger) return lists(done, await present(attempt, server));
    for (const name of attempt.files.files.keys()) if (name.endsWith(".txt")) lists(done, name);
  }),
  rule(
    "S7.8",
    "a file that was made after the first listing, and one that is gone",
    async (attempt) => {
      const server = await attempt.server();
      const before = await converse(attempt, server, "list"); // which it may remember
      comesOnQ(before);
      before.leave();
      attempt.files.add("newcomer.txt", "made after the start\n");
      unlinkSync(join(attempt.files.served, "unended.txt"));
      const done = await next(attempt, server, "list");
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
  rule("S7.12", "a file of no bytes", async (attempt) => {
    const { whole, error } = await fetches(attempt, "empty.txt");
    must(error === undefined, "no error", `an error on P: ${show(error ?? "")}`);
    need(whole, "S7.6", "Q stays open");
  }),
  rule(
    "S7.13",
    "five megabytes",
    async (attempt) => {
      attempt.files.addLarge();
      await fetches(attempt, "large.txt");
    },
    { needs: ["large"] },
  ),
  file("S7.14", "a name of two words", "two words.txt"),
];
