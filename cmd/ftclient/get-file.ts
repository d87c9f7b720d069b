// The command -g: fetches a file to its destination, and reports the result.

import { fetchFile, type FileSink, type FetchResult } from "../../lib/client/client.ts";
import { PartFile } from "../../lib/client/part.ts";
import { type OnDuplicate, syncDirectory } from "../../lib/client/save.ts";
import { Failure, localFailure } from "../../lib/errors.ts";
import { type FileStatus, lstat } from "../../lib/sys/file-status.ts";
import { appendSentence, formatJson, sanitizeForDisplay, quote } from "../../lib/text.ts";
import { formatBytes } from "../cli/byte-size.ts";
import { onTerminal, printMessage, STDERR, STDIN, printOutput } from "../cli/terminal.ts";
import { assertLocalName, type ClientOptions } from "./client-options.ts";

export async function getFile(options: ClientOptions, fileName: string): Promise<void> {
  const path = findDestination(options.output, fileName);
  // Only --output can mean standard output: a file of the server may be named `-`.
  if (options.output === "-" || isDevice(path)) return getToStream(options, fileName, path);
  using part = new PartFile(path, await chooseOnDuplicate(options, path));
  try {
    await transfer(options, fileName, part, () => save(part, options));
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

/** The code for streams is loaded only if it is used. */
async function getToStream(options: ClientOptions, fileName: string, path: string): Promise<void> {
  const { openDevice, standardOutput } = await import("./sinks.ts");
  if (path === "-") return transfer(options, fileName, standardOutput, () => "standard output");
  using device = openDevice(path);
  await transfer(options, fileName, device, () => path);
}

/** Fetches into the sink. `complete` gives a file its final name, and returns it. */
async function transfer(
  { connect, verify, quiet, json }: ClientOptions,
  fileName: string,
  sink: FileSink,
  complete: () => string | Promise<string>,
): Promise<void> {
  const started = performance.now();
  const bar = quiet || !canDraw() ? undefined : await createProgressBar(fileName);
  const receipt = await fetchFile(connect, fileName, sink, {
    hash: verify,
    progress: (bytes, total) => bar?.update(bytes, total),
  }).finally(() => bar?.clear());
  const saved = await complete();
  const seconds = (performance.now() - started) / 1000;
  if (json) await printOutput(formatJsonResult(fileName, saved, receipt, seconds));
  else if (!quiet) printMessage(formatResult(fileName, saved, receipt, seconds));
}

/** A terminal without control sequences could not draw a line over another one. */
function canDraw(): boolean {
  const type = process.env["TERM"];
  return onTerminal(STDERR) && type !== "dumb" && type !== "";
}

async function createProgressBar(fileName: string) {
  const { ProgressBar } = await import("./progress-bar.ts");
  return new ProgressBar(fileName);
}

function formatJsonResult(
  file: string,
  saved: string,
  { sha256, ...counts }: FetchResult,
  seconds: number,
): string {
  const hash = sha256 ? { sha256 } : {};
  return `${formatJson({ ok: true, command: "get", file, saved, ...counts, seconds, ...hash })}\n`;
}

function formatResult(
  fileName: string,
  saved: string,
  { bytes, received }: FetchResult,
  seconds: number,
): string {
  const destination = saved === fileName ? "" : ` to ${sanitizeForDisplay(saved)}`;
  const resumed = bytes > received ? ` (${formatBytes(bytes - received)} were here already)` : "";
  const rate = `${formatBytes(received / seconds)}/s`;
  return `${sanitizeForDisplay(fileName)}${destination}: transfer complete, ${formatBytes(bytes)}${resumed} in ${seconds.toFixed(2)} s (${rate})\n`;
}

/** What to do if the file exists: as the user says, or as the user answers if somebody can answer. */
async function chooseOnDuplicate(
  { onDuplicate }: ClientOptions,
  path: string,
): Promise<OnDuplicate> {
  if (onDuplicate && onDuplicate !== "ask") return onDuplicate;
  const mustAsk = onTerminal(STDIN) && onTerminal(STDERR) && lstat(path) !== undefined;
  if (!mustAsk) return "refuse";
  const { askDuplicate } = await import("./prompt-duplicate.ts");
  return askDuplicate(path);
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

/** True for a directory, and for a link to one. */
function isDirectory(path: string): boolean {
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
  return new Failure(error.kind, appendSentence(error.message, hint));
}
