// A file that the server has: ours, or one that the listing of somebody else's directory names.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Dialect } from "../dialect/types.ts";
import type { DialectClient } from "./client.ts";
import { applies, Inconclusive } from "../spec/verdict.ts";
import { runRequest } from "./client-requests.ts";

/** Of a directory that may hold thousands, or folders before files. */
const TRIES = 8;

/** The name of a file that can be fetched. */
export async function pickServedFile(context: CaseContext, server: RunningServer): Promise<string> {
  if (!context.isExternal) return "hello.txt";
  const list = await runRequest(context, server, "list");
  list.close();
  const names = listedNames(context.dialect, list.payload.toString());
  applies(names.length > 0, `the listing names no file: ${show(list.payload)}`);
  for (const name of names.slice(0, TRIES)) {
    const get = await runRequest(context, server, "get", { file: name });
    get.close();
    if (isFetched(get)) return name;
  }
  throw new Inconclusive(`nothing can be fetched of what the server lists: ${show(list.payload)}`);
}

const isFetched = ({ isComplete, error, errorOnQ, payload }: DialectClient): boolean =>
  isComplete && error === undefined && errorOnQ === undefined && payload.length > 0;

/** What may be names in a listing; texts first, since some programs take nothing else. */
export function listedNames({ listing }: Dialect, text: string): string[] {
  const { separator, head = "", item = "{name}", tail = "" } = listing;
  const body = text.slice(text.startsWith(head) ? head.length : 0);
  const [before = "", after = ""] = item.split("{name}");
  const items = (tail && body.endsWith(tail) ? body.slice(0, -tail.length) : body)
    .split(separator)
    .map((each) => each.replace(/\r$/, ""))
    .filter((each) => each.startsWith(before) && each.endsWith(after))
    .map((each) => each.slice(before.length, each.length - after.length));
  const names = items.filter((name) => name !== "" && !name.endsWith("/"));
  return names.toSorted((a, b) => Number(/\.txt$/.test(b)) - Number(/\.txt$/.test(a)));
}
