// Step 7: what becomes of a name that cannot be served.

import { symlinkSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { waitForError, runRequest } from "../peer/client-requests.ts";
import { ORDER_SLACK, QUIET } from "../spec/timeouts.ts";
import { must } from "../spec/verdict.ts";

async function refused(context: CaseContext, file: string): Promise<void> {
  const done = await runRequest(context, await context.startServer(), "get", { file });
  must((await waitForError(done)) !== undefined, "an error message on P", done.description);
}

async function silentOnQ(context: CaseContext, file: string): Promise<void> {
  const done = await runRequest(context, await context.startServer(), "get", { file });
  // What belongs to the conversation itself, such as a greeting or an end marker on Q, is no error message.
  const bytes = (): number => done.unexpectedOnQ.length;
  await context.happensWithin(() => bytes() > 0, QUIET);
  const came = show(done.unexpectedOnQ);
  must(bytes() === 0, "nothing on Q", `${came} on Q`);
}

/** Each way of naming a file that lies beside the served directory, or is reached through a link. */
function escapes(context: CaseContext): string[] {
  const { served, root } = context.files;
  symlinkSync(join(root, "canary.txt"), join(served, "link.txt"));
  symlinkSync(root, join(served, "door"));
  const outside = join(root, "canary.txt");
  return ["../canary.txt", outside, "folder/../../canary.txt", "link.txt", "door/canary.txt"];
}

export const cases: TestCase[] = [
  rule("S7.19", "a name that no file has", (context) => refused(context, context.absent)),
  rule("S7.20", "a name that no file has", (context) => silentOnQ(context, context.absent)),
  rule("S7.20", "the name of a directory", (context) => silentOnQ(context, context.folder)),
  rule("S7.21", "the name of a directory", (context) => refused(context, context.folder)),
  rule("S7.22", "names that lead outside, and links that do", async (context) => {
    // A few bytes less of it would be a leak as well.
    for (const file of escapes(context)) {
      const server = await context.startServer();
      const done = await runRequest(context, server, "get", { file });
      const said = (): string => done.payload.toString() + done.p.text;
      const canary = context.files.canary.slice(0, -4);
      const leaked = await context.happensWithin(() => said().includes(canary), ORDER_SLACK);
      must(!leaked, "nothing of a file outside the directory", `${show(file)} was sent`);
    }
  }),
];
