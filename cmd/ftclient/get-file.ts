// The command -g: fetches a file to its destination, and reports the result.

import { fetchFile, type FileSink, type FetchResult } from "../../lib/client/client.ts";
import { PartFile } from "../../lib/client/part.ts";
import { type OnDuplicate, syncDirectory } from "../../lib/client/save.ts";
import { Failure, localFailure } from "../../lib/errors.ts";
import { type FileStatus, lstat } from "../../lib/sys/file-status.ts";
import { appendSentence, formatJson, sanitizeForDisplay, quote } from "../../lib/text.ts";
import { formatBytes } from "../cli/byte-size.ts";
import { onTerminal, printMessage, STDERR, STDIN, printOutput } from "../cli/terminal.ts";
import { type Retries, withRetries } from "./retry.ts";
import { assertLocalName, type ClientOptions } from "./client-options.ts";

/** What came of a file. `seconds` is the time from the request to the final name. */
export interface SavedFile {
  readonly fileName: string;
  /** Where it was saved. */
  readonly saved: string;
  readonly receipt: FetchResult;
  readonly seconds: number;
}

/** What is told, and asked, while a file is fetched. */
export interface FileEvents {
  /** Gets how many bytes of the file have arrived, and how many it has. */
  readonly onProgress: (bytes: number, total: number) => void;
  readonly onRetry: Retries["onRetry"];
  /** What to do if `path` exists. */
  readonly ask: (path: string) => Promise<OnDuplicate>;
}

export async function getFile(options: ClientOptions, fileName: string): Promise<void> {
  const { quiet, json } = options;
  const bar = quiet || !canDraw() ? undefined : await createProgressBar(fileName);
  const file = await saveFile(options, fileName, {
    onProgress: (bytes, total) => bar?.update(bytes, total),
    onRetry: (error, seconds) => {
      bar?.clear();
      if (!quiet) printMessage(formatRetry(fileName, error, seconds));
      return true;
    },
    ask: async (path) => {
      const { askDuplicate } = await import("./prompt-duplicate.ts");
      return askDuplicate(path);
    },
  }).finally(() => bar?.clear());
  if (json) await printOutput(formatJsonResult(file));
  else if (!quiet) printMessage(formatResult(file));
}

/** Fetches a file to its destination. */
export async function saveFile(
  options: ClientOptions,
  fileName: string,
  events: FileEvents,
): Promise<SavedFile> {
  const path = findDestination(options.output, fileName);
  // Only --output can mean standard output: a file of the server may be named `-`.
  if (options.output === "-" || isDevice(path))
    return saveToStream(options, fileName, path, events);
  using part = new PartFile(path, await chooseOnDuplicate(options, path, events.ask));
  const { signal } = options.connect;
  try {
    return await withRetries(
      () => transfer(options, fileName, part, events, () => save(part, options)),
      { retries: options.retries, signal, onRetry: events.onRetry },
    );
  } catch (error) {
    throw part.isResumable ? addResumeHint(error, part.offset) : error;
  }
}

/** Gives the part its final name, and reports success only when a power failure can no longer take the file away. */
async function save(part: PartFile, { sync, connect }: ClientOptions): Promise<string> {
  if (!sync) return part.complete();
  await part.sync();
  connect.signal?.throwIfAborted();
  const saved = part.complete();
  await syncDirectory(saved);
  return saved;
}

/** The code for streams is loaded only if it is used. A stream cannot take back what it has written, so it gets one try. */
async function saveToStream(
  options: ClientOptions,
  fileName: string,
  path: string,
  events: FileEvents,
): Promise<SavedFile> {
  const { openDevice, standardOutput } = await import("./sinks.ts");
  if (path === "-")
    return transfer(options, fileName, standardOutput, events, () => "standard output");
  using device = openDevice(path);
  return await transfer(options, fileName, device, events, () => path);
}

/** Fetches into the sink. `complete` gives a file its final name, and returns it. */
async function transfer(
  { connect, verify }: ClientOptions,
  fileName: string,
  sink: FileSink,
  { onProgress: progress }: FileEvents,
  complete: () => string | Promise<string>,
): Promise<SavedFile> {
  const started = performance.now();
  const receipt = await fetchFile(connect, fileName, sink, { hash: verify, progress });
  const saved = await complete();
  return { fileName, saved, receipt, seconds: (performance.now() - started) / 1000 };
}

/** A terminal without control sequences could not draw a line over another one. */
export function canDraw(): boolean {
  const type = process.env["TERM"];
  return onTerminal(STDERR) && type !== "dumb" && type !== "";
}

async function createProgressBar(fileName: string) {
  const { ProgressBar } = await import("./progress-bar.ts");
  return new ProgressBar(fileName);
}

export function formatJsonResult({ fileName, saved, receipt, seconds }: SavedFile): string {
  const { sha256, ...counts } = receipt;
  const hash = sha256 ? { sha256 } : {};
  return `${formatJson({ ok: true, command: "get", file: fileName, saved, ...counts, seconds, ...hash })}\n`;
}

export function formatResult({ fileName, saved, receipt, seconds }: SavedFile): string {
  const { bytes, received } = receipt;
  const destination = saved === fileName ? "" : ` to ${sanitizeForDisplay(saved)}`;
  const resumed = bytes > received ? ` (${formatBytes(bytes - received)} were here already)` : "";
  const rate = `${formatBytes(received / seconds)}/s`;
  return `${sanitizeForDisplay(fileName)}${destination}: transfer complete, ${formatBytes(bytes)}${resumed} in ${seconds.toFixed(2)} s (${rate})\n`;
}

export function formatRetry(what: string, error: Failure, seconds: number): string {
  const message = appendSentence(error.message, `Trying again in ${seconds} s.`);
  return `ftclient: ${sanitizeForDisplay(`${what}: ${message}`)}\n`;
}

/** What to do if the file exists: as the user says, or as the user answers if somebody can answer. */
async function chooseOnDuplicate(
  { onDuplicate }: ClientOptions,
  path: string,
  ask: FileEvents["ask"],
): Promise<OnDuplicate> {
  if (onDuplicate && onDuplicate !== "ask") return onDuplicate;
  const mustAsk = onTerminal(STDIN) && onTerminal(STDERR) && lstat(path) !== undefined;
  return mustAsk ? ask(path) : "refuse";
}

/** Where to save: in a directory the file keeps its name, as cp and curl do it. */
function findDestination(output: string | undefined, fileName: string): string {
  if (output === undefined || output === "-") return output ?? fileName;
  if (isDirectory(output)) {
    assertLocalName(fileName);
    return `${output.replace(/\/$/, "")}/${fileName}`;
  }
  if (!/(^|\/)\.{0,2}$/.test(output)) return output;
  throw new Failure("local", `--output names a directory that does not exist: ${quote(output)}.`);
}

/** Throws a `Failure` of kind `local` if several files cannot be saved there. */
export function assertDirectory(output: string): void {
  if (output !== "-" && isDirectory(output)) return;
  const what = "For several files, --output takes a directory that exists";
  throw new Failure("local", `${what}, not ${quote(output)}.`);
}

/** True for a directory, and for a link to one. */
export function isDirectory(path: string): boolean {
  const status = lstatOrFail(path);
  if (!status || status.isDirectory || status.isRegular) return status?.isDirectory ?? false;
  try {
    return lstat(`${path}/.`)?.isDirectory ?? false;
  } catch {
    return false; // what leads to no directory, such as a pipe
  }
}

function isDevice(path: string): boolean {
  return lstatOrFail(path)?.isCharacterDevice ?? false;
}

function lstatOrFail(path: string): FileStatus | undefined {
  try {
    return lstat(path);
  } catch (error) {
    throw localFailure(`Cannot save ${quote(path)}`, error);
  }
}

function addResumeHint(error: unknown, bytes: number): unknown {
  if (!(error instanceof Failure)) return error;
  const hint = `The ${formatBytes(bytes)} received so far are kept: run the same command again to continue.`;
  return new Failure(error.kind, appendSentence(error.message, hint), error.code);
}
