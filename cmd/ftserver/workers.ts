// Several ftserver processes on one port: started together, restarted if one dies, and stopped together.

import { clearRegion, type ClientLimits } from "../../lib/server/client-table.ts";
import { listen } from "../../lib/net/socket.ts";
import type { Log } from "./log.ts";
import {
  createSharedTables,
  formatWorkerEnvironment,
  mapClientTable,
  removeSharedTables,
} from "./shared-tables.ts";

/** How long to wait before a dead worker is replaced, in ms: one that dies at its start must not be restarted in a tight loop. */
const RESTART_DELAY = 1000;

/** The parent of the workers. It serves no client itself. */
export class Workers implements Disposable {
  readonly #tables: string;
  readonly #children: Bun.Subprocess[] = [];
  readonly #ready = Promise.withResolvers<void>();
  #listening = 0;
  #isStopping = false;

  /** Checks that the port is free, because workers would share it silently with a foreign program, and starts them. */
  constructor(
    private readonly count: number,
    at: { readonly address: string; readonly port: number },
    private readonly limits: ClientLimits,
    private readonly log: Log,
  ) {
    listen(at, (connection) => connection.close())[Symbol.dispose]();
    this.#tables = createSharedTables(limits, count);
    for (let index = 0; index < count; index++) this.#start(index);
  }

  /** Resolves when all workers listen. */
  waitUntilReady(): Promise<void> {
    return this.#ready.promise;
  }

  /** Sends a signal to all workers. They have process groups of their own, so Ctrl-C at the terminal does not reach them twice. */
  signal(name: NodeJS.Signals): void {
    this.#isStopping = true;
    for (const child of this.#children) child.kill(name);
  }

  /** Resolves when all workers have ended. */
  async waitForEnd(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.exited));
  }

  [Symbol.dispose](): void {
    removeSharedTables(this.#tables);
  }

  #start(index: number): void {
    const child = Bun.spawn([process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
      env: { ...process.env, ...formatWorkerEnvironment(index, this.#tables) },
      stdio: ["ignore", "inherit", "inherit"],
      // The channel closes when this process ends, for whatever reason: then the worker ends too.
      ipc: () => this.#onListening(),
      detached: true,
      onExit: (_child, status) => this.#onExit(index, status),
    });
    this.#children[index] = child;
  }

  #onListening(): void {
    if (++this.#listening === this.count) this.#ready.resolve();
  }

  #onExit(index: number, status: number | null): void {
    if (this.#isStopping) return;
    const how = status === null ? "by a signal" : `with status ${status}`;
    const sentence = `Worker ${index + 1} of ${this.count} ended ${how}, and is started again.`;
    this.log.note("worker", sentence, { worker: index, status }, "error");
    clearRegion(mapClientTable(this.#tables), this.limits, index);
    setTimeout(() => !this.#isStopping && this.#start(index), RESTART_DELAY);
  }
}
