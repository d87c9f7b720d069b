// The names of a directory that `-l` sends: the files that `-g` would serve, sorted by bytes.

import { accessSync, constants, type Dirent, lstatSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { Failure, replyFailure, systemCode } from "../errors.ts";
import type { CallName } from "../sys/disk-thread.ts";
import { callThreads, DISK_TIMEOUT } from "../sys/disk-threads.ts";
import { escapeControls, hasControls } from "../text.ts";

/**
 * What `-l` sends (N7.9), the first names that no client can ask for (N7.12), and the first of files that this process may
 * not read, both with escapes for a log.
 */
export interface Listing {
  readonly bytes: Uint8Array;
  readonly unlisted: readonly string[];
  readonly unreadable?: readonly string[];
}

/** Entries checked before other clients get their turn: this takes about a millisecond. */
const TURN = 1000;

/** Root may read every file: to check each of 100,000 would take longer than all the rest. */
const mayBeUnreadable = process.getuid?.() !== 0;

/** Names that are reported as not listed: enough to see what is wrong, and little to log for each client. */
const MAX_UNLISTED = 100;

const DOT = 0x2e;

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Separates names while they are checked together: no name can contain it. */
const NUL = "\0";

/** Characters that keep a name out of the listing or change its place: controls, U+FFFD for bytes that are not UTF-8, surrogates. */
const UNUSUAL = /[\u0001-\u001f\u007f-\u009f\u2028\u2029\ufffd\ud800-\udfff]/;

/** Lists a directory. Throws a `Failure` of code 450 if it cannot be read. On a network each file is asked for on a thread. */
export async function listDirectory(
  path: string,
  dotFiles: boolean,
  isLocal = true,
): Promise<Listing> {
  const check = isLocal ? isServed : isServedOnThread;
  const names: string[] = [];
  const unreadable: string[] = [];
  for await (const entries of inTurns(await readEntries(path)))
    for (const entry of entries) {
      const isNamed = check(path, entry, dotFiles, unreadable);
      if (isNamed === true || (isNamed && (await isNamed))) names.push(entry.name);
    }
  const pieces: Uint8Array[] = [];
  for await (const part of inTurns(names.sort())) {
    // To check many names together takes a tenth of the time for each of 100,000.
    const text = part.join(NUL);
    if (UNUSUAL.test(text)) return { ...(await listUnusual(path, names, dotFiles)), unreadable };
    pieces.push(Buffer.from(`${text.replaceAll(NUL, "\n")}\n`));
  }
  return { bytes: Buffer.concat(pieces), unlisted: [], unreadable };
}

/** Parts of a long list, of `size` items each. Between two of them other clients get their turn. */
export async function* inTurns<Item>(
  items: readonly Item[],
  size = TURN,
): AsyncGenerator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) {
    if (at > 0) await new Promise(setImmediate);
    yield items.slice(at, at + size);
  }
}

/** Lists names of which some cannot be asked for, or are not sorted by bytes yet. */
async function listUnusual(
  path: string,
  names: readonly string[],
  dotFiles: boolean,
): Promise<Listing> {
  const unlisted: string[] = [];
  const valid = names.some((name) => name.includes("\uFFFD"))
    ? await dropInvalid(path, names, unlisted, dotFiles)
    : names;
  const lines: string[] = [];
  for await (const part of inTurns(valid))
    for (const name of part)
      if (hasControls(name)) report(unlisted, name);
      else lines.push(`${Buffer.from(name).toString("latin1")}\n`);
  // Each character is one byte now. The names themselves would be sorted by UTF-16 units: another order if there are surrogates.
  const pieces: Uint8Array[] = [];
  for await (const part of inTurns(lines.sort())) pieces.push(Buffer.from(part.join(""), "latin1"));
  return { bytes: Buffer.concat(pieces), unlisted };
}

function report(unlisted: string[], name: string): void {
  if (unlisted.length < MAX_UNLISTED) unlisted.push(escapeControls(name));
}

async function readEntries(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw replyFailure(450, `The directory cannot be read: ${systemCode(error)}.`);
  }
}

function isServed(path: string, entry: Dirent, dotFiles: boolean, unreadable: string[]): boolean {
  if (entry.name.startsWith(".") && !dotFiles) return false;
  const full = `${path}/${entry.name}`;
  try {
    // Some file systems do not tell the type of an entry in the directory.
    if (!entry.isFile() && !(isUnknown(entry) && lstatSync(full).isFile())) return false;
    if (mayBeUnreadable) accessSync(full, constants.R_OK);
    return true;
  } catch (error) {
    return isListedLater(error, entry, unreadable);
  }
}

/** The file is gone or not readable, so `-g` would not serve it. A name that is not UTF-8 is checked by its bytes later. */
function isListedLater(error: unknown, { name }: Dirent, unreadable: string[]): boolean {
  const code = systemCode(error);
  if (code === "EACCES" || code === "EPERM") report(unreadable, name);
  return code === "ENOENT" && name.includes("\uFFFD");
}

/** The same as `isServed` for a file system that may wait for a network. */
async function isServedOnThread(
  path: string,
  entry: Dirent,
  dotFiles: boolean,
  unreadable: string[],
): Promise<boolean> {
  if (entry.name.startsWith(".") && !dotFiles) return false;
  const full = `${path}/${entry.name}`;
  try {
    if (!entry.isFile() && !(isUnknown(entry) && (await isFileOnThread(full)))) return false;
    if (mayBeUnreadable) await callOnThread("accessSync", full, constants.R_OK);
    return true;
  } catch (error) {
    if (error instanceof Failure) throw error; // the disk is dead: each of the others would take as long
    return isListedLater(error, entry, unreadable);
  }
}

async function isFileOnThread(path: string): Promise<boolean> {
  const { mode } = await callOnThread<{ mode: number }>("lstatSync", path);
  return (mode & constants.S_IFMT) === constants.S_IFREG;
}

/** For a file system that may wait for a network. */
export function callOnThread<T>(name: CallName, ...args: unknown[]): Promise<T> {
  return callThreads.run((thread) => thread.call<T>(name, ...args), DISK_TIMEOUT);
}

function isUnknown(entry: Dirent): boolean {
  return !(
    entry.isDirectory() ||
    entry.isSymbolicLink() ||
    entry.isFIFO() ||
    entry.isSocket() ||
    entry.isCharacterDevice() ||
    entry.isBlockDevice()
  );
}

/** A name with U+FFFD may really have that character, or may have bytes that are not UTF-8: only its bytes tell. */
async function dropInvalid(
  path: string,
  names: readonly string[],
  unlisted: string[],
  dotFiles: boolean,
): Promise<string[]> {
  const valid = new Set<string>();
  for await (const part of inTurns(await readdir(path, { encoding: "buffer" })))
    for (const bytes of part) {
      const name = decode(bytes);
      if (name !== undefined) valid.add(name);
      else if (isServedFile(path, bytes, dotFiles)) report(unlisted, bytes.toString("latin1"));
    }
  return [...new Set(names)].filter((name) => valid.has(name));
}

/** Undefined if the bytes are not UTF-8. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes);
  } catch {
    return undefined;
  }
}

/** True if the file would be listed if its name were UTF-8: only then is it worth a line in the log. */
function isServedFile(path: string, name: Buffer, dotFiles: boolean): boolean {
  if (name[0] === DOT && !dotFiles) return false;
  const full = Buffer.concat([Buffer.from(`${path}/`), name]);
  return lstatSync(full, { throwIfNoEntry: false })?.isFile() ?? false;
}
