// Several ftserver processes on one port: started together, started again if they end, and stopped together.

import { Failure } from "../../lib/errors.ts";
import { listen } from "../../lib/net/socket.ts";
import { clearRegion, type ClientLimits } from "../../lib/server/client-table.ts";
import type { ServerOptions } from "../../lib/server/server.ts";
import type { Log } from "./log.ts";
import { SharedTables } from "./shared-tables.ts";
import { Worker } from "./worker.ts";

/**
 * How often in a row a worker may end before it listens, if no other worker listens either. The pauses until then are 13 s
 * in all: long enough for a moment without memory or processes, and short enough for who watches this program.
 */
const MOST_FAILED_STARTS = 7;

/** How long after the grace the workers are killed, in ms: one that hangs must not keep this process. */
const KILL_DELAY = 5000;

/** The parent of the workers. It serves no client itself. */
export class Workers implements Disposable {
  readonly #tables: SharedTables;
  readonly #workers: readonly Worker[];
  readonly #ready = Promise.withResolvers<void>();
  readonly #failed = Promise.withResolvers<Failure>();

  /** Checks that the port is free, because workers would share it silently with a foreign program, and starts them. */
  constructor(
    private readonly count: number,
    private readonly at: Pick<ServerOptions, "address" | "port" | "directory">,
    private readonly limits: ClientLimits,
    private readonly log: Log,
  ) {
    listen(at, (connection) => connection.close())[Symbol.dispose]();
    this.#tables = new SharedTables(limits, count);
    this.#workers = Array.from({ length: count }, (_, index) => this.#create(index));
    for (const worker of this.#workers) worker.start();
  }

  /** Resolves when all workers listen. */
  waitUntilReady(): Promise<void> {
    return this.#ready.promise;
  }

  /** Resolves if no worker listens, and none can be started. */
  waitForFailure(): Promise<Failure> {
    return this.#failed.promise;
  }

  /** Ends all workers. */
  end(how: "stop" | "abort" | "kill"): void {
    for (const worker of this.#workers) worker.end(how);
  }

  /** Makes all workers read their files again. */
  reload(): void {
    for (const worker of this.#workers) worker.reload();
  }

  /** Resolves when all workers have ended. `grace` is the time that they have for their transfers, in ms. */
  async waitForEnd(grace: number): Promise<void> {
    const kill = setTimeout(() => this.end("kill"), grace + KILL_DELAY);
    await Promise.all(this.#workers.map((worker) => worker.waitForEnd()));
    clearTimeout(kill);
  }

  [Symbol.dispose](): void {
    this.#tables[Symbol.dispose]();
  }

  #create(index: number): Worker {
    return new Worker(index, this.#tables, this.at.directory.fd, {
      onListening: () => {
        if (this.#workers.every(({ isListening }) => isListening)) this.#ready.resolve();
      },
      onEnd: (how) => this.#onEnd(index, how),
    });
  }

  #onEnd(index: number, how: string): void {
    const sentence = `Worker ${index + 1} of ${this.count} ended ${how}, and is started again.`;
    this.log.note("worker", sentence, { worker: index, ended: how }, "error");
    clearRegion(this.#tables.clients, this.limits, index);
    if (this.#workers.some(({ isListening }) => isListening)) return;
    if ((this.#workers[index]?.failedStarts ?? 0) < MOST_FAILED_STARTS) return;
    const why = `No worker can be started: the last of ${MOST_FAILED_STARTS} in a row ended ${how}. Nobody is served.`;
    this.#failed.resolve(new Failure("other", why));
  }
}
