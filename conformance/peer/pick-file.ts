// Picks a file that the server has: ours, or one that the listing of another directory names.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import { parseFileNames } from "../dialect/listing.ts";
import { applies, Inconclusive } from "../spec/verdict.ts";
import type { DialectClient } from "./client.ts";
import { runRequest } from "./client-requests.ts";

/** Names that are tried: a directory may hold thousands, or folders before files. */
const TRIES = 8;

export async function pickServedFile(context: CaseContext, server: RunningServer): Promise<string> {
  if (!context.isExternal) return "hello.txt";
  const list = await runRequest(context, server, "list");
  list.close();
  const names = parseFileNames(context.dialect, list.payload.toString());
  applies(names.length > 0, `the listing names no file: ${show(list.payload)}`);
  for (const name of names.slice(0, TRIES)) {
    const get = await runRequest(context, server, "get", { file: name });
    get.close();
    if (isFetched(get)) return name;
  }
  throw new Inconclusive(`no file of the listing can be fetched: ${show(list.payload)}`);
}

const isFetched = ({ isComplete, error, errorOnQ, payload }: DialectClient): boolean =>
  isComplete && error === undefined && errorOnQ === undefined && payload.length > 0;
