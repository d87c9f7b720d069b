// Proves a dialect before it is used: plays each side against the other program, and compares with what the pair did.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatListing } from "../dialect/listing.ts";
import type { CommandKind, Dialect } from "../dialect/types.ts";
import { CaseContext } from "../harness/context.ts";
import { describeDifference, show } from "../net/bytes.ts";
import { runRequest } from "../peer/client-requests.ts";
import { serveClient } from "../peer/launch-client.ts";
import type { PairRecordings } from "./record-pair.ts";
import type { SuiteConfig } from "../subject/config.ts";

/** Files that are fetched: a short one, and one that takes several pieces. */
const FILES = ["hello.txt", "lines.txt"];
/** How strictly a dialect is proved. */
export interface ProofOptions {
  tries?: number;
  /** What the pair did; without it, what is right. */
  recordings?: PairRecordings;
  /** Whether the server may say more than the dialect explains, as in the plain wire. */
  isTalkAllowed?: boolean;
}

/** Milliseconds for the end of a client: some wait ten seconds before they believe the end. */
const EXIT_LIMIT = 14_000;
/** A conversation that fails is tried again: the machine may be slow. */
const TRIES = 2;

/** Why a kind of conversation is not proved, for each that is not. */
export type Doubts = NonNullable<Dialect["unproven"]>;

/** Each problem is a sentence with what was seen. */
export async function proveDialect(
  config: SuiteConfig,
  role: "server" | "client",
  { tries = TRIES, ...options }: ProofOptions = {},
): Promise<Doubts> {
  const check = role === "server" ? checkServer : checkClient;
  const [list, ...gets] = await Promise.all([
    tryAgain(tries, () => check(config, options, "list")),
    ...FILES.map((file) => tryAgain(tries, () => check(config, options, "get", file))),
  ]);
  const get = gets.find((each) => each !== undefined);
  return { ...(list ? { list } : {}), ...(get ? { get } : {}) };
}

async function tryAgain(
  most: number,
  check: () => Promise<string | undefined>,
): Promise<string | undefined> {
  let problem: string | undefined;
  for (let tries = 0; tries < most; tries++) {
    problem = await check().catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (problem === undefined) return undefined;
  }
  return problem;
}

async function checkServer(
  config: SuiteConfig,
  { isTalkAllowed = false, recordings }: ProofOptions,
  kind: CommandKind,
  file = "",
): Promise<string | undefined> {
  await using context = new CaseContext(config, "server");
  const server = await context.startServer();
  const options = file === "" ? {} : { file };
  const { payload, stopReason, unexplained } = await runRequest(context, server, kind, options);
  const what = kind === "list" ? "the list" : file;
  if (stopReason) return `the suite asked the server for ${what}, and ${stopReason}`;
  if (unexplained.length > 0 && !isTalkAllowed)
    return `the server also says ${unexplained.join(" and ")}`;
  if (kind === "list") {
    const missing = expectedNames(context, recordings).find((name) => !payload.includes(name));
    return missing && `the list has no ${missing}: ${show(payload)}`;
  }
  const content = context.files.content(file);
  const saved = recordings?.get.find(({ values }) => values.file === file)?.saved;
  // A client that loses a byte does not change what the server sends, and the other way round.
  if (saved && isSameText(saved, payload)) return undefined;
  const difference = describeDifference(content, payload);
  return difference && `${file} did not arrive as it is: ${difference}`;
}

/** A line end at the end of a file is judged by a rule, and not here. */
const isSameText = (one: Uint8Array, other: Uint8Array): boolean =>
  Buffer.from(one).toString("latin1").trimEnd() === Buffer.from(other).toString("latin1").trimEnd();

/** The names that the server listed in a recording. */
const expectedNames = ({ files }: CaseContext, recordings?: PairRecordings): string[] =>
  [...files.files.keys()].filter(
    (name) =>
      name.endsWith(".txt") &&
      name !== files.surprise &&
      (recordings?.list.some(({ names }) => names.includes(name)) ?? true),
  );

async function checkClient(
  config: SuiteConfig,
  { recordings }: ProofOptions,
  kind: CommandKind,
  file = "",
): Promise<string | undefined> {
  await using context = new CaseContext(config, "client");
  const names = [...context.files.files.keys()];
  const payload =
    kind === "list" ? formatListing(context.dialect, names) : context.files.content(file);
  const options = file === "" ? {} : { file };
  const { program, hasRequest, p } = await serveClient(context, { kind, payload }, options);
  if (!hasRequest)
    return `the client sends ${show(p.bytes)}, which is not the request that was expected`;
  await program.waitForExit(EXIT_LIMIT);
  if (kind === "list") {
    const shown = expectedNames(context).filter(
      (name) => recordings?.list.some(({ output }) => output.includes(name)) ?? true,
    );
    const missing = shown.find((name) => !program.output.includes(name));
    return missing && `the client was sent the list and does not show ${missing}; ${program.words}`;
  }
  const path = join(context.files.home, file);
  const recorded = recordings?.get.find(({ values }) => values.file === file);
  if (recorded && !recorded.saved) return undefined; // it saves nothing of the server's either
  if (!existsSync(path))
    return `the client was sent ${file} and does not save it; ${program.words}`;
  const saved = readFileSync(path);
  if (recorded?.saved && isSameText(recorded.saved, saved)) return undefined;
  const difference = describeDifference(payload, saved);
  return difference && `the client saves ${file} in another form: ${difference}`;
}
