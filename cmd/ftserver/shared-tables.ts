// The memory that all workers of one ftserver share: who is being served, and who has given wrong passwords. It has no name,
// and a worker inherits it as a descriptor: no other program can remove it.

import { closeSync, fstatSync } from "node:fs";
import { LoginThrottle, THROTTLE_TABLE_BYTES } from "../../lib/auth/login-throttle.ts";
import { type ClientLimits, ClientTable, clientTableBytes } from "../../lib/server/client-table.ts";
import { createSharedMemory, mapSharedMemory } from "../../lib/sys/shared-memory.ts";

/** The descriptor of the memory in a worker: the first after the standard ones. */
const DESCRIPTOR = 3;

/** The descriptor of the served directory in a worker. */
const ROOT_DESCRIPTOR = 4;

/** Tells a worker its index and the key, as `INDEX KEY`. */
const VARIABLE = "FTKIT_WORKER";

/** The memory begins with a random key, and with the length of the clients' table in words. */
const KEY_BYTES = 16;
const KEY_WORDS = KEY_BYTES / Int32Array.BYTES_PER_ELEMENT;
const HEADER_BYTES = KEY_BYTES + Int32Array.BYTES_PER_ELEMENT;

/** The tables as one process sees them. */
interface Tables {
  readonly clients: Int32Array;
  readonly logins: Int32Array;
}

/** The tables of the parent, which hands them to its workers. Disposing of it leaves them to those that still run. */
export class SharedTables implements Disposable {
  readonly descriptor: number;
  readonly clients: Int32Array;
  readonly #key = Buffer.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES)));

  constructor(limits: ClientLimits, workers: number) {
    const clientBytes = clientTableBytes(limits, workers);
    this.descriptor = createSharedMemory(HEADER_BYTES + clientBytes + THROTTLE_TABLE_BYTES);
    const memory = mapSharedMemory(this.descriptor);
    readKey(memory).set(this.#key);
    memory[KEY_WORDS] = clientBytes / Int32Array.BYTES_PER_ELEMENT;
    this.clients = splitMemory(memory).clients;
  }

  /** The environment of a worker. */
  formatEnvironment(index: number): Record<string, string> {
    return { [VARIABLE]: `${index} ${this.#key.toString("hex")}` };
  }

  [Symbol.dispose](): void {
    closeSync(this.descriptor);
  }
}

/** Opens the clients of all workers. Undefined in a process that is not a worker. */
export function openClientTable(limits: ClientLimits): ClientTable | undefined {
  return worker && new ClientTable(limits, worker.tables.clients, worker.index);
}

/** Opens the wrong passwords of all workers, which outlive each of them. Undefined in a process that is not a worker. */
export function openLoginThrottle(): LoginThrottle | undefined {
  return worker && new LoginThrottle(worker.tables.logins);
}

/** Leads to the directory that the parent has opened. Undefined in a process that is not a worker. */
export function findInheritedRoot(): string | undefined {
  return worker && `/dev/fd/${ROOT_DESCRIPTOR}`;
}

/** What this process is, if it is a worker. */
const worker = findWorker();

/**
 * A variable alone makes no worker: anybody may have set it. The memory that this process has inherited must have no name
 * and hold the same key, which only the parent can have written.
 */
function findWorker(): { readonly index: number; readonly tables: Tables } | undefined {
  const [, index, key] = /^([0-9]{1,2}) ([0-9a-f]{32})$/.exec(process.env[VARIABLE] ?? "") ?? [];
  if (index === undefined || !isUnnamedFile(DESCRIPTOR)) return undefined;
  const memory = mapSharedMemory(DESCRIPTOR);
  if (readKey(memory).toString("hex") !== key) return undefined;
  closeSync(DESCRIPTOR);
  return { index: Number(index), tables: splitMemory(memory) };
}

function isUnnamedFile(fd: number): boolean {
  try {
    const status = fstatSync(fd);
    return status.isFile() && status.nlink === 0 && status.size > HEADER_BYTES;
  } catch {
    return false; // the descriptor is closed
  }
}

function readKey(memory: Int32Array): Buffer {
  return Buffer.from(memory.buffer, memory.byteOffset, KEY_BYTES);
}

function splitMemory(memory: Int32Array): Tables {
  const first = HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT;
  const end = first + (memory[KEY_WORDS] ?? 0);
  return { clients: memory.subarray(first, end), logins: memory.subarray(end) };
}
