// Step 7: what becomes of a name that cannot be served.

import { symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Attempt } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import { type Case, rule } from "../harness/test-case.ts";
import { complained, converse } from "../peer/client-requests.ts";
import { ORDER_SLACK, QUIET } from "../spec/timeouts.ts";
import { must } from "../spec/verdict.ts";

async function refused(attempt: Attempt, file: string): Promise<void> {
  const done = await converse(attempt, await attempt.server(), "get", { file });
  must((await complained(done)) !== undefined, "an error message on P", done.words);
}

async function silentOnQ(attempt: Attempt, file: string): Promise<void> {
  const done = await converse(attempt, await attempt.server(), "get", { file });
  // What belongs to the conversation itself, such as a greeting or an end marker on Q, is no error message.
  const bytes = (): number => done.strayOnQ.length;
  await attempt.happens(() => bytes() > 0, QUIET);
  const came = show(done.strayOnQ);
  must(bytes() === 0, "nothing on Q", `${came} on Q`);
}

/** Each way of naming a file that lies beside the served directory, or is reached through a link. */
function escapes(attempt: Attempt): string[] {
  const { served, root } = attempt.files;
  symlinkSync(join(root, "canary.txt"), join(served, "link.txt"));
  symlinkSync(root, join(served, "door"));
  const outside = join(root, "canary.txt");
  return ["../canary.txt", outside, "folder/../../canary.txt", "link.txt", "door/canary.txt"];
}

export const cases: Case[] = [
  rule("S7.19", "a name that no file has", (attempt) => refused(attempt, attempt.absent)),
  rule("S7.20", "a name that no file has", (attempt) => silentOnQ(attempt, attempt.absent)),
  rule("S7.20", "the name of a directory", (attempt) => silentOnQ(attempt, attempt.folder)),
  rule("S7.21", "the name of a directory", (attempt) => refused(attempt, attempt.folder)),
  rule("S7.22", "names that lead outside, and links that do", async (attempt) => {
    // A few bytes less of it would be a leak as well.
    for (const file of escapes(attempt)) {
      const server = await attempt.server();
      const done = await converse(attempt, server, "get", { file });
      const said = (): string => done.payload.toString() + done.p.text;
      const canary = attempt.files.canary.slice(0, -4);
      const leaked = await attempt.happens(() => said().includes(canary), ORDER_SLACK);
      must(!leaked, "nothing of a file outside the directory", `${show(file)} was sent`);
    }
  }),
];
