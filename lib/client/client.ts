// The client: lists and fetches, and believes only a transfer that both connections confirm.

import { Failure } from "../errors.ts";
import { type Announcement, ClientSession, type Sink } from "./client-session.ts";
import type { ConnectOptions } from "./connect-options.ts";

/** Takes a file: a part file, or a stream. The bytes before `offset` are there from an earlier transfer. */
export interface FileSink extends Sink {
  readonly offset: number;
  /** Told before the first byte; false where the bytes before `offset` are of another version, after which `offset` is 0. */
  begin(version: string, total: number): boolean;
  /** Drops what is there: `offset` is 0 afterwards. */
  restart(): void;
  /** The SHA-256 of all bytes; undefined where it cannot be told, as in a stream. */
  hash(): Promise<string> | undefined;
}

/** What `get` does besides: asks for the hash and compares; tells how many bytes of the file are there. */
export interface FetchOptions {
  readonly hash?: boolean;
  readonly progress?: (bytes: number, total: number) => void;
}

/** A file that has come whole. `bytes` is its length, `received` what came now, the rest was there. */
export interface FetchResult {
  readonly bytes: number;
  readonly received: number;
  readonly sha256: string | undefined;
}

/** The longest listing that is taken, in bytes: a million long names, and an end to an endless one. */
const MAX_LISTING = 64 * 1024 * 1024;

/** The slowest that a server is taken to hash a file, in bytes a millisecond: an old disk that it must read once more. */
const SLOWEST_HASH = 50_000;

/** `-l`: the names as the server sent them; escape them before a screen sees them. */
export async function fetchNames(target: ConnectOptions): Promise<string[]> {
  return parseListing(await fetchListing(target));
}

/** The names of a listing. */
export function parseListing(listing: string): string[] {
  return listing.split("\n").filter((name) => name !== "");
}

/** `-l`: the names as the server sent them, one a line; escape them before a screen sees them. */
export async function fetchListing(target: ConnectOptions): Promise<string> {
  using exchange = await ClientSession.open(target);
  const { bytes } = await exchange.sendCommand((dataPort) => ({ kind: "list", dataPort }));
  if (bytes > MAX_LISTING)
    throw new Failure("protocol", `The listing is longer than ${MAX_LISTING} bytes.`);
  const pieces: Uint8Array[] = [];
  await exchange.receivePayload(bytes, { write: (piece) => void pieces.push(piece) });
  return Buffer.concat(pieces).toString();
}

/** `-g`: fetches a file into `receiver`, from where an earlier transfer ended if the file is still the same. */
export async function fetchFile(
  target: ConnectOptions,
  name: string,
  receiver: FileSink,
  options: FetchOptions = {},
): Promise<FetchResult> {
  const resumed = receiver.offset > 0 && (await transfer(target, name, receiver, options));
  const receipt = resumed || (await transfer(target, name, receiver, options));
  if (receipt) return receipt;
  throw new Failure("protocol", "The server did not send the file from its start.");
}

/** One conversation; undefined where the receiver's bytes are of no use, so that another from the start must follow. */
async function transfer(
  target: ConnectOptions,
  name: string,
  receiver: FileSink,
  options: FetchOptions,
): Promise<FetchResult | undefined> {
  const { offset } = receiver;
  using exchange = await ClientSession.open(target);
  if (offset > 0) await exchange.sendOption({ kind: "rest", offset });
  if (options.hash) await exchange.sendOption({ kind: "hash" });
  const announced = await announcement(exchange, name, receiver);
  if (!announced) return undefined;
  const total = offset + announced.bytes;
  if (!receiver.begin(announced.version, total)) return undefined;
  const last = await exchange.receivePayload(announced.bytes, receiver, {
    extra: options.hash ? total / SLOWEST_HASH : 0,
    progress: (received) => options.progress?.(offset + received, total),
  });
  const sha256 = last.fields.get("sha256");
  if (options.hash) await assertHash(sha256, receiver);
  return { bytes: total, received: announced.bytes, sha256 };
}

/** The server's `150`; undefined where the file has become shorter than what is there (554). */
async function announcement(
  exchange: ClientSession,
  name: string,
  receiver: FileSink,
): Promise<Announcement | undefined> {
  try {
    return await exchange.sendCommand((dataPort) => ({ kind: "get", name, dataPort }));
  } catch (error) {
    if (receiver.offset === 0 || !(error instanceof Failure) || error.code !== 554) throw error;
    receiver.restart();
    return undefined;
  }
}

async function assertHash(expected: string | undefined, receiver: FileSink): Promise<void> {
  const actual = await receiver.hash();
  if (actual === undefined || actual === expected) return;
  receiver.restart();
  throw new Failure(
    "incomplete",
    `The file is damaged: its SHA-256 is ${actual}, the server's is ${expected ?? "not given"}. Fetch it again.`,
  );
}
