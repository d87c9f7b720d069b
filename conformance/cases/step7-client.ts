// Step 7: what the client shows and saves, and what it must not do.

import { formatListing } from "../dialect/listing.ts";
import { dataOpener } from "../dialect/steps.ts";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext } from "../harness/context.ts";
import { startClientOnP } from "./client-on-p.ts";
import { findMoment, findOutput } from "./evidence.ts";
import { describeDifference, show } from "../net/bytes.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import type { Connection } from "../net/connection.ts";
import { type Conversation, type Dialect, type CommandKind } from "../dialect/types.ts";
import { launchClient, serveClient, serveLaunched, waitForP } from "../peer/launch-client.ts";
import type { Script } from "../peer/script.ts";
import { sendInPiecesOf } from "../peer/send-pieces.ts";
import { DialectServer } from "../peer/server.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { applies, must, need } from "../spec/verdict.ts";

const NAME = "hello.txt";
/** Bytes of a listing of three names that come at one time: the second name is in the second piece. */
const LISTING_PIECE = 12;
/** A prime number of bytes: pieces end inside of letters that have two or three. */
const TEXT_PIECE = 7;
const LETTERS = Buffer.from("Größe: 20 €, weiß ☃\n".repeat(8));
const OLD = "what the user had before\n";

const pathOf = (context: CaseContext, name: string): string => join(context.files.home, name);

/** The client prints something for which the check holds. */
async function expectOnScreen(
  { context, program }: DialectServer,
  what: string,
  isShown: (output: string) => boolean,
): Promise<void> {
  await context.waitForEndOr(program, () => isShown(program.output));
  await program.waitForExit(0);
  needOutput(program);
  const expected = `${what} on the screen`;
  must(isShown(program.output), expected, program.words, findOutput(program));
}

/** C and others buffer what they print into a pipe. So a client that still runs may print it later. */
function needOutput({ exited, output }: SubjectProcess): void {
  const isBuffered = exited === undefined && output === "";
  need(!isBuffered, "S8.1", "the client still runs, and may print only when it ends");
}

async function showError(context: CaseContext, kind: CommandKind): Promise<void> {
  const { on, say } = context.dialect.errors.missing;
  applies(on !== "none", "in this dialect the server reports no errors");
  const isKnown = kind !== "list" || describesListError(context.dialect);
  applies(isKnown, "the dialect does not describe an error for a listing");
  const error = `No such thing is here (${crypto.randomUUID().slice(0, 4)})`;
  const call = kind === "get" ? { file: NAME } : {};
  const hasOwnText = say.placeholders.includes("text");
  // The text of the dialect may be a code that the client puts into words of its own.
  const usual = hasOwnText ? undefined : await readUsualOutput(context, kind);
  const server = await serveClient(context, { kind, error }, call);
  if (!usual) return expectOnScreen(server, show(error), (output) => output.includes(error));
  const what = "an error message, which it does not print when nothing is wrong,";
  const isNew = (line: string): boolean => line !== "" && !usual.has(line);
  await expectOnScreen(server, what, (output) => splitLines(output).some(isNew));
}

/** The lines that a client prints if nothing is wrong. */
async function readUsualOutput(context: CaseContext, kind: CommandKind): Promise<Set<string>> {
  const payload =
    kind === "list" ? formatListing(context.dialect, [NAME]) : context.files.content(NAME);
  const call = kind === "get" ? { file: NAME } : {};
  const { program } = await serveClient(context, { kind, payload }, call);
  await context.waitForEnd(program);
  rmSync(pathOf(context, NAME), { force: true });
  return new Set(splitLines(program.output));
}

/** Ports and counts differ from run to run, and say nothing. */
const splitLines = (output: string): string[] =>
  output.split(/[\r\n]+/).map((line) => line.replace(/\d+/g, "#").trim());

/** If the dialect has a step for the error about a file, it needs such a step for the listing as well. */
function describesListError({ list, get }: Dialect): boolean {
  const hasErrorStep = ({ steps }: Conversation): boolean =>
    steps.some((step) => "missing" in step || "invalid" in step);
  return hasErrorStep(list) || !hasErrorStep(get);
}

/** Without a size, the listing comes at once. */
async function showNames(context: CaseContext, size?: number): Promise<void> {
  const names = ["alpha.txt", context.files.surprise, "omega.txt"];
  const payload = formatListing(context.dialect, names);
  const server = await serveClient(context, { kind: "list", payload, ...inPieces(size) });
  for (const name of names)
    await expectOnScreen(server, show(name), (output) => output.includes(name));
}

const inPieces = (size: number | undefined): Pick<Script, "atData"> =>
  size === undefined ? {} : { atData: (server) => server.deliver(sendInPiecesOf(size)) };

async function fetchFile(
  context: CaseContext,
  payload: Uint8Array,
  size?: number,
): Promise<SubjectProcess> {
  const script = { kind: "get", payload, ...inPieces(size) } as const;
  const { program } = await serveClient(context, script, { file: NAME });
  await context.waitForEnd(program);
  return program;
}

/** The client saves the file in its directory, byte for byte. */
async function saveFile(context: CaseContext, payload: Uint8Array, size?: number): Promise<void> {
  const program = await fetchFile(context, payload, size);
  const path = pathOf(context, NAME);
  const files = describeFiles(context, payload).join(", ") || "no file";
  must(existsSync(path), `${NAME} in its directory`, `${files}; ${program.words}`, "subject");
  const observed = describeDifference(payload, readFileSync(path));
  const expected = `${NAME} holds the ${payload.length} bytes that were sent`;
  must(observed === undefined, expected, observed ?? "", "subject");
}

/** The files that the client has made, and how they differ from what was sent. */
function describeFiles(context: CaseContext, payload: Uint8Array): string[] {
  const names = [...new Bun.Glob("**").scanSync({ cwd: context.files.home, dot: true })];
  return names.map((name) => {
    const differs = describeDifference(payload, readFileSync(pathOf(context, name)));
    return `${name} (${differs ?? "the bytes that were sent"})`;
  });
}

async function announceCompletion(context: CaseContext): Promise<void> {
  const payload = context.files.content(NAME);
  const program = await fetchFile(context, payload);
  const files = describeFiles(context, payload);
  need(files.length > 0, "S7.15", `the client saved nothing; ${program.words}`);
  needOutput(program);
  const isShown = /transfer\s+(is\s+)?complete/i.test(program.output);
  const expected = "the words “transfer complete” on the screen";
  must(isShown, expected, program.words, findOutput(program));
}

async function leaveQToServer(context: CaseContext): Promise<void> {
  const { program, listener, dataListener, p } = await startClientOnP(context, "list");
  const payload = formatListing(context.dialect, ["alpha.txt"]);
  const started = { program, listener, ...(dataListener ? { dataListener } : {}) };
  const { conversation } = await serveLaunched(context, { kind: "list", payload }, started, p);
  const opener = dataOpener(conversation);
  const expected = "the client waits for Q, and opens no connection other than P";
  must(opener !== "nobody", expected, "there is no Q: it reads everything from P", "P");
  must(opener !== "client", expected, "it opens Q itself", findMoment(context, "Q", ["SYN"]));
  await context.waitForEnd(program);
  const more = listener.connections.length - 1;
  const observed = `it opened ${more} more to the port of the server`;
  must(more === 0, expected, observed, findMoment(context, "P", ["SYN"]));
}

async function keepOldFile(context: CaseContext): Promise<void> {
  writeFileSync(pathOf(context, NAME), OLD);
  const started = launchClient(context, "get", { file: NAME });
  const { program } = started;
  // The client may stop before it connects.
  const p = await waitForP(context, started);
  const payload = Buffer.from("what the server has\n");
  if (p) await serveLaunched(context, { kind: "get", payload, mayLeave: true }, started, p);
  await context.waitForEnd(program);
  const content = readFileSync(pathOf(context, NAME), "utf8");
  // In some programs “n” means “replace the file”. Then the dialect has to give another answer.
  const typed = `the answer typed to any question was ${show(context.config.answer)}`;
  const observed = `it now holds ${show(content)}; ${typed}; ${program.words}`;
  must(content === OLD, `${NAME} is unchanged`, observed, "subject");
}

async function discardHalf(context: CaseContext): Promise<void> {
  const payload = context.files.content("lines.txt");
  const atData = async (server: DialectServer, on: Connection): Promise<void> => {
    await server.sendHalf(on);
    await Bun.sleep(context.timeouts.quiet / 3);
    on.abort();
  };
  const server = await serveClient(context, { kind: "get", payload, atData }, { file: NAME });
  await context.waitForEnd(server.program);
  const exists = existsSync(pathOf(context, NAME));
  must(!exists, `no file ${NAME}`, `${NAME} holds half of the file`, "subject");
}

export const cases: TestCase[] = [
  rule("S7.4", "an error after -g", (context) => showError(context, "get")),
  rule("S7.4", "an error after -l", (context) => showError(context, "list")),
  rule("S7.9", "a listing of three names", (context) => showNames(context)),
  rule("S7.9", "a listing that comes in pieces", (context) => showNames(context, LISTING_PIECE)),
  rule("S7.15", "two short lines", (context) =>
    saveFile(context, context.files.content("hello.txt")),
  ),
  rule("S7.15", "a text without a line end at its end", (context) =>
    saveFile(context, context.files.content("unended.txt")),
  ),
  rule("S7.15", "letters of two and three bytes, in pieces", (context) =>
    saveFile(context, LETTERS, TEXT_PIECE),
  ),
  rule(
    "S7.15",
    "a file of five megabytes",
    (context) => saveFile(context, context.files.addLarge()),
    { needs: ["large"] },
  ),
  rule("S7.16", "a file of that name exists already", keepOldFile, { worked: "get" }),
  rule("S7.17", "after the client has saved a file", announceCompletion),
  rule("S7.23", "-l", leaveQToServer, { worked: "list" }),
  rule("S7.18", "the server resets Q in the middle of a file", discardHalf, { worked: "get" }),
];
