// Several ftserver processes on one port: started, counted together, restarted where one dies, and stopped as one.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  ClientTable,
  clearRegion,
  type ClientLimits,
  clientTableBytes,
} from "../../lib/server/client-table.ts";
import { LoginThrottle, throttleTableBytes } from "../../lib/auth/login-throttle.ts";
import { listen } from "../../lib/net/socket.ts";
import type { Log } from "./log.ts";

/** A worker that dies is replaced after so long, in ms: one that dies at its start must not be started without end. */
const RESTART_DELAY = 1000;

/** How a worker is told, in its environment, which one it is and where the census lies. */
const INDEX = "FTKIT_WORKER";
const TABLE = "FTKIT_CENSUS";

/** The part of a worker in the whole: its census. Undefined in a process that is no worker. */
export function workerClientTable(places: ClientLimits): ClientTable | undefined {
  const [index, path] = [process.env[INDEX], process.env[TABLE]];
  if (index === undefined || path === undefined) return undefined;
  return new ClientTable(places, table(path), Number(index));
}

/** What all workers know of who guesses passwords. Undefined in a process that is no worker. */
export function workerLoginThrottle(): LoginThrottle | undefined {
  const [index, path] = [process.env[INDEX], process.env[TABLE]];
  if (index === undefined || path === undefined) return undefined;
  return new LoginThrottle(table(penaltyFile(path)), Number(index));
}

/** It lies beside the census, and outlives a worker: who has guessed has guessed. */
const penaltyFile = (census: string): string => join(dirname(census), "penalties");

/** For a worker whose parent has died: nobody else is left to remove the census. */
export function removeClientTable(): void {
  removeTable(process.env[TABLE] ?? "");
}

/** The parent of the workers. It serves nobody itself. */
export class Workers implements Disposable {
  readonly #path: string;
  readonly #children: Bun.Subprocess[] = [];
  readonly #ready = Promise.withResolvers<void>();
  #listen = 0;
  #stopping = false;

  /** Makes sure that the port is free (workers would share it with a stranger's), and starts them. */
  constructor(
    private readonly count: number,
    at: { readonly address: string; readonly port: number },
    private readonly places: ClientLimits,
    private readonly log: Log,
  ) {
    listen(at, (connection) => connection.close())[Symbol.dispose]();
    this.#path = join(mkdtempSync(join(tmpdir(), "ftserver-")), "census");
    writeFileSync(this.#path, Buffer.alloc(clientTableBytes(places, count)), { mode: 0o600 });
    writeFileSync(penaltyFile(this.#path), Buffer.alloc(throttleTableBytes(count)), {
      mode: 0o600,
    });
    for (let index = 0; index < count; index++) this.#start(index);
  }

  /** Resolves when all listen. */
  ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Hands a signal on to all. They are in process groups of their own, so that a terminal's Ctrl-C comes once only. */
  signal(name: NodeJS.Signals): void {
    this.#stopping = true;
    for (const child of this.#children) child.kill(name);
  }

  /** Resolves when all have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.exited));
  }

  [Symbol.dispose](): void {
    removeTable(this.#path);
  }

  #start(index: number): void {
    const child = Bun.spawn([process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
      env: { ...process.env, [INDEX]: String(index), [TABLE]: this.#path },
      stdio: ["ignore", "inherit", "inherit"],
      // A channel that closes when this process dies, however it dies: the worker ends then too.
      ipc: () => this.#listening(),
      detached: true,
      onExit: (_child, status) => this.#died(index, status),
    });
    this.#children[index] = child;
  }

  #listening(): void {
    if (++this.#listen === this.count) this.#ready.resolve();
  }

  #died(index: number, status: number | null): void {
    if (this.#stopping) return;
    const sentence = `Worker ${index + 1} of ${this.count} died (${status ?? "by a signal"}), and is started again.`;
    this.log.note("worker", sentence, { worker: index, status }, "error");
    clearRegion(table(this.#path), this.places, index);
    setTimeout(() => !this.#stopping && this.#start(index), RESTART_DELAY);
  }
}

function removeTable(path: string): void {
  if (path !== "") rmSync(dirname(path), { recursive: true, force: true });
}

function table(path: string): Int32Array {
  const memory = Bun.mmap(path);
  return new Int32Array(
    memory.buffer,
    memory.byteOffset,
    memory.length / Int32Array.BYTES_PER_ELEMENT,
  );
}
