// The memory that all workers of one ftserver share: two files, mapped by each of them, for clients and for wrong passwords.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LoginThrottle, THROTTLE_TABLE_BYTES } from "../../lib/auth/login-throttle.ts";
import { type ClientLimits, ClientTable, clientTableBytes } from "../../lib/server/client-table.ts";

/** The variables that tell a worker its index, and the directory of the tables. */
const INDEX = "FTKIT_WORKER";
const DIRECTORY = "FTKIT_TABLES";

const CLIENTS = "clients";
const LOGINS = "logins";

/** Creates the tables for `workers` processes; returns their directory. */
export function createSharedTables(limits: ClientLimits, workers: number): string {
  const directory = mkdtempSync(join(tmpdir(), "ftserver-"));
  const create = (name: string, bytes: number) =>
    writeFileSync(join(directory, name), Buffer.alloc(bytes), { mode: 0o600 });
  create(CLIENTS, clientTableBytes(limits, workers));
  create(LOGINS, THROTTLE_TABLE_BYTES);
  return directory;
}

/** The environment of a worker. */
export function formatWorkerEnvironment(index: number, directory: string): Record<string, string> {
  return { [INDEX]: String(index), [DIRECTORY]: directory };
}

/** Opens the clients of all workers. Undefined in a process that is not a worker. */
export function openClientTable(limits: ClientLimits): ClientTable | undefined {
  const worker = readWorkerEnvironment();
  return worker && new ClientTable(limits, mapTable(worker.directory, CLIENTS), worker.index);
}

/** Opens the wrong passwords of all workers, which outlive each of them. Undefined in a process that is not a worker. */
export function openLoginThrottle(): LoginThrottle | undefined {
  const worker = readWorkerEnvironment();
  return worker && new LoginThrottle(mapTable(worker.directory, LOGINS));
}

/** The clients of all workers, as the parent sees them. */
export function mapClientTable(directory: string): Int32Array {
  return mapTable(directory, CLIENTS);
}

/** Without an argument, for a worker whose parent has died: no other process removes the tables then. */
export function removeSharedTables(directory = readWorkerEnvironment()?.directory): void {
  if (directory) rmSync(directory, { recursive: true, force: true });
}

function readWorkerEnvironment(): { index: number; directory: string } | undefined {
  const [index, directory] = [process.env[INDEX], process.env[DIRECTORY]];
  return index && directory ? { index: Number(index), directory } : undefined;
}

function mapTable(directory: string, name: string): Int32Array {
  const { buffer, byteOffset, length } = Bun.mmap(join(directory, name));
  return new Int32Array(buffer, byteOffset, length / Int32Array.BYTES_PER_ELEMENT);
}
