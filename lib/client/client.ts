// The client: lists and fetches files. A transfer counts only if both connections confirm it.

import { Failure } from "../errors.ts";
import { ClientSession } from "./client-session.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { parseFileTime } from "../protocol/file-time.ts";
import type { Sink } from "./payload.ts";

/** Where a file goes: a part file, or a stream. It may already hold the first `offset` bytes from an earlier transfer. */
export interface FileSink extends Sink {
  readonly offset: number;
  /** Called before the first byte. If the bytes it holds are of another version, it drops them and returns false. */
  begin(version: string, total: number): boolean;
  /** Drops all bytes: `offset` is 0 afterwards. */
  restart(): void;
  /** The SHA-256 of all bytes; undefined if the sink cannot read them back, as in a stream. */
  hash(): Promise<string> | undefined;
}

/** `hash` compares the SHA-256 of the file with the server's. `progress` gets how many of the file's bytes have arrived. */
export interface FetchOptions {
  readonly hash?: boolean;
  readonly progress?: (bytes: number, total: number) => void;
}

/** A whole file. `bytes` is its length, of which this transfer brought `received`. */
export interface FetchResult {
  readonly bytes: number;
  readonly received: number;
  /** When the server's file was written for the last time, in ms since 1970; undefined if the server does not say so. */
  readonly modified: number | undefined;
  readonly sha256: string | undefined;
}

/** The longest listing that is accepted, in bytes: a million long names fit, an endless one does not. */
const MAX_LISTING = 64 * 1024 * 1024;

/** The slowest speed at which a server may hash a file, in bytes per ms: that of an old disk, read once more. */
const SLOWEST_HASH = 50_000;

/** The names of a listing. Escape them before they reach a screen. */
export function parseListing(listing: string): string[] {
  return listing.split("\n").filter((name) => name !== "");
}

/** A line of a listing. `size` is in bytes, `modified` in ms since 1970; both are undefined if the server does not tell. */
export interface ListedFile {
  readonly name: string;
  readonly size: number | undefined;
  readonly modified: number | undefined;
}

/** A line of a listing with sizes and times (N6.19). */
export function parseListedFile(line: string): ListedFile {
  const [, facts = "", name = ""] = /^((?:[^ ;=]+=[^ ;]*;)*) (.*)$/s.exec(line) ?? [];
  if (name === "") throw new Failure("protocol", "The server sent a line without size and name.");
  const find = (key: string) => new RegExp(`(?:^|;)${key}=([^;]*);`, "i").exec(facts)?.[1] ?? "";
  const size = /^[0-9]{1,15}$/.test(find("size")) ? Number(find("size")) : undefined;
  return { name, size, modified: parseFileTime(find("modify")) };
}

/** `-l`: fetches the names as the server sends them, one a line; with `withFacts`, each after its size and time. */
export async function fetchListing(options: ConnectOptions, withFacts = false): Promise<string> {
  return await runInMode(options, () => transferListing(options, withFacts));
}

/** Runs what opens a session. If the server cannot open Q, it may run a second time. */
function runInMode<T>({ mode }: ConnectOptions, work: () => Promise<T>): Promise<T> {
  return mode ? mode.run(work) : work();
}

async function transferListing(options: ConnectOptions, withFacts: boolean): Promise<string> {
  using session = await ClientSession.open(options);
  if (withFacts) await session.sendOption({ kind: "facts" }).catch(explainNoFacts);
  const { bytes } = await session.sendCommand({ kind: "list", dataPort: session.dataPort });
  if (bytes > MAX_LISTING)
    throw new Failure("protocol", `The listing is longer than ${MAX_LISTING} bytes.`);
  const pieces: Uint8Array[] = [];
  await session.receivePayload(bytes, { write: (piece) => void pieces.push(piece) });
  return Buffer.concat(pieces).toString();
}

/** `-g`: fetches a file into `sink`. Continues an earlier transfer if the file is still the same. */
export function fetchFile(
  options: ConnectOptions,
  name: string,
  sink: FileSink,
  fetchOptions: FetchOptions = {},
): Promise<FetchResult> {
  return runInMode(options, () => fetchInto(options, name, sink, fetchOptions));
}

async function fetchInto(
  options: ConnectOptions,
  name: string,
  sink: FileSink,
  fetchOptions: FetchOptions,
): Promise<FetchResult> {
  if (sink.offset > 0) {
    const result = await transfer(options, name, sink, fetchOptions).catch((error) => {
      if (!(error instanceof Failure) || error.code !== 554) throw error;
      sink.restart(); // 554: the file has become shorter than what the sink holds
    });
    if (result) return result;
  }
  const result = await transfer(options, name, sink, fetchOptions);
  if (result) return result;
  throw new Failure("protocol", "The server did not send the file from its start.");
}

/** One session. Returns undefined if the sink has dropped bytes of another version, so that the caller must request the file again. */
async function transfer(
  options: ConnectOptions,
  name: string,
  sink: FileSink,
  { hash, progress }: FetchOptions,
): Promise<FetchResult | undefined> {
  const { offset } = sink;
  using session = await ClientSession.open(options);
  if (offset > 0) await session.sendOption({ kind: "rest", offset });
  if (hash) await session.sendOption({ kind: "hash" });
  const { dataPort } = session;
  const { bytes, version, modified } = await session.sendCommand({ kind: "get", name, dataPort });
  const total = offset + bytes;
  if (!sink.begin(version, total)) return undefined;
  const hashTime = hash ? total / SLOWEST_HASH : 0;
  const onProgress = (received: number) => progress?.(offset + received, total);
  const reply = await session.receivePayload(bytes, sink, hashTime, onProgress);
  const sha256 = reply.fields.get("sha256");
  if (hash) await assertHash(sha256, sink);
  return { bytes: total, received: bytes, modified, sha256 };
}

/** A server that does not know FACTS answers 500 (N6.19). */
function explainNoFacts(error: unknown): never {
  if (!(error instanceof Failure) || error.code !== 500) throw error;
  throw new Failure(
    "refused",
    "This server does not tell sizes and times: leave --long out.",
    error.code,
  );
}

async function assertHash(expected: string | undefined, sink: FileSink): Promise<void> {
  const actual = await sink.hash();
  if (actual === undefined || actual === expected) return;
  if (expected === undefined) {
    const sentence =
      "The server sent no SHA-256, so the file cannot be verified: fetch it without --verify.";
    throw new Failure("incomplete", sentence);
  }
  sink.restart();
  throw new Failure(
    "incomplete",
    `The file is damaged: its SHA-256 is ${actual}, the server's is ${expected}. Fetch it again.`,
  );
}
