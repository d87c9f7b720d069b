// The names of a directory that `-l` sends: regular files that `-g` would serve, sorted by bytes.

import { accessSync, constants, type Dirent, lstatSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { replyFailure, systemCode } from "../errors.ts";
import { escapeControls, hasControls } from "../text.ts";

/** What `-l` sends (N7.9), and the names of files that cannot be asked for (N7.12), made safe for a log. */
export interface Listing {
  readonly bytes: Uint8Array;
  readonly unlisted: readonly string[];
}

/** Names looked at before others get their turn: about a millisecond. */
const TURN = 1000;

/** Root may read whatever is there: to ask for each of 100,000 files would take longer than all the rest. */
const mayBeUnreadable = process.getuid?.() !== 0;

const DOT = 0x2e;

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Between names while they are looked at together: no name can hold it. */
const NUL = "\0";

/** What makes a name no name of a listing, or its order another: controls, U+FFFD where bytes were not UTF-8, surrogates. */
const UNUSUAL = /[\u0001-\u001f\u007f-\u009f\u2028\u2029\ufffd\ud800-\udfff]/;

/**
 * Lists `path`. Memory is a few times the length of the listing. Throws a `Failure` of code 450
 * where the directory cannot be read.
 */
export async function listDirectory(path: string, dotFiles: boolean): Promise<Listing> {
  const names: string[] = [];
  let looked = 0;
  for (const entry of await read(path)) {
    if (++looked % TURN === 0) await new Promise(setImmediate);
    if (isServed(path, entry, dotFiles)) names.push(entry.name);
  }
  // One look at all names together costs a tenth of a look at each of 100,000.
  const text = names.sort().join(NUL);
  if (!UNUSUAL.test(text)) return { bytes: lines(text), unlisted: [] };
  return listUnusual(path, names, dotFiles);
}

/** The same where some names cannot be asked for, or are not in the order of their bytes. */
async function listUnusual(
  path: string,
  names: readonly string[],
  dotFiles: boolean,
): Promise<Listing> {
  const unlisted = names.filter(hasControls).map(escapeControls);
  const askable = names.filter((name) => !hasControls(name));
  const valid = askable.some((name) => name.includes("\uFFFD"))
    ? await withoutInvalid(path, askable, unlisted, dotFiles)
    : askable;
  return { bytes: lines(sortByBytes(valid).join(NUL)), unlisted };
}

function lines(text: string): Uint8Array {
  return Buffer.from(text === "" ? "" : `${text.replaceAll(NUL, "\n")}\n`);
}

async function read(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw replyFailure(450, `The directory cannot be read: ${systemCode(error)}.`);
  }
}

function isServed(path: string, entry: Dirent, dotFiles: boolean): boolean {
  if (entry.name.startsWith(".") && !dotFiles) return false;
  const full = `${path}/${entry.name}`;
  try {
    // Some file systems do not say in the directory what an entry is.
    if (!entry.isFile() && !(isUnknown(entry) && lstatSync(full).isFile())) return false;
    if (mayBeUnreadable) accessSync(full, constants.R_OK);
    return true;
  } catch (error) {
    // Gone, or not readable: `-g` would not serve it. A name that is no UTF-8 is judged by its bytes later.
    return systemCode(error) === "ENOENT" && entry.name.includes("\uFFFD");
  }
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

/** A name that is not UTF-8 comes as a string with U+FFFD in it, and so does one that really holds that character: only bytes tell. */
async function withoutInvalid(
  path: string,
  names: readonly string[],
  unlisted: string[],
  dotFiles: boolean,
): Promise<string[]> {
  const valid = new Set<string>();
  for (const bytes of await readdir(path, { encoding: "buffer" })) {
    try {
      valid.add(STRICT.decode(bytes));
    } catch {
      if (isFile(path, bytes, dotFiles)) unlisted.push(escapeControls(bytes.toString("latin1")));
    }
  }
  return [...new Set(names)].filter((name) => valid.has(name));
}

/** What would be listed if its name were UTF-8: nobody misses anything else. */
function isFile(path: string, name: Buffer, dotFiles: boolean): boolean {
  if (name[0] === DOT && !dotFiles) return false;
  const full = Buffer.concat([Buffer.from(`${path}/`), name]);
  return lstatSync(full, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** JavaScript compares UTF-16 units; that is the order of the UTF-8 bytes unless a surrogate meets a unit above it. */
function sortByBytes(names: readonly string[]): string[] {
  return names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
