// One of several ftserver processes on a port: started, and started again whenever it ends.

import { formatError } from "../../lib/errors.ts";
import { getOwnCommand } from "../cli/program-command.ts";
import type { SharedTables } from "./shared-tables.ts";

/** How long to wait before a worker is started again, in ms: the time doubles with each quick end, and it is bounded. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 30_000;

/** A worker that has run for so long, in ms, has not ended quickly: the next pause is the first again. */
const LONG_LIFE = 60_000;

/** How long a worker may take until it listens, in ms. One that takes longer hangs, and is killed. */
const START_TIMEOUT = 30_000;

/**
 * What the parent says to a worker. It sends no signals: a supervisor may send them to all processes at once (systemd does), and the
 * worker would take the parent's for a second one, which breaks off its transfers.
 */
export type WorkerMessage = "stop" | "abort" | "reload";

/** Who is told about the life of a worker. */
export interface WorkerEvents {
  readonly onListening: () => void;
  /** `how` completes the sentence "The worker ended …". */
  readonly onEnd: (how: string) => void;
}

export class Worker {
  #child: Bun.Subprocess | undefined;
  #timer: Timer | undefined;
  #started = 0;
  #quickEnds = 0;
  #isStopping = false;
  isListening = false;
  /** How often in a row it ended before it listened. */
  failedStarts = 0;

  constructor(
    private readonly index: number,
    private readonly tables: SharedTables,
    /** The open directory that is served: its path may lead to another one when the worker is started again. */
    private readonly root: number,
    private readonly events: WorkerEvents,
  ) {}

  start(): void {
    this.#started = performance.now();
    try {
      this.#child = this.#spawn();
      this.#timer = setTimeout(() => this.#child?.kill("SIGKILL"), START_TIMEOUT);
    } catch (error) {
      this.#onEnd(`at its start: ${formatError(error)}`);
    }
  }

  /** Starts the worker no more, and ends it: one that listens ends its transfers first, or breaks them off. */
  end(how: "stop" | "abort" | "kill"): void {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    if (this.#hasEnded()) return;
    if (this.isListening && how !== "kill") this.#child?.send(how);
    else this.#child?.kill("SIGKILL");
  }

  /** Makes a worker that listens read its files again. One that starts reads them anyway. */
  reload(): void {
    if (this.isListening && !this.#hasEnded()) this.#child?.send("reload" satisfies WorkerMessage);
  }

  async waitForEnd(): Promise<void> {
    await this.#child?.exited;
  }

  /** A message to a worker that has ended would throw, and the others would then get none. */
  #hasEnded(): boolean {
    return this.#child !== undefined && (this.#child.exitCode ?? this.#child.signalCode) !== null;
  }

  /** The worker has a process group of its own, so that Ctrl-C at the terminal does not reach it twice. */
  #spawn(): Bun.Subprocess {
    const { cmd, ...how } = getOwnCommand("ftserver");
    return Bun.spawn(cmd, {
      ...how,
      env: { ...process.env, ...this.tables.formatEnvironment(this.index) },
      stdio: ["ignore", "inherit", "inherit", this.tables.descriptor, this.root],
      // The channel closes if this process ends, for whatever reason: then the worker ends too.
      ipc: () => this.#onListening(),
      detached: true,
      onExit: (_child, status, signal) =>
        this.#onEnd(status === null ? `by signal ${signal}` : `with status ${status}`),
    });
  }

  #onListening(): void {
    clearTimeout(this.#timer);
    this.isListening = true;
    this.failedStarts = 0;
    this.events.onListening();
  }

  #onEnd(how: string): void {
    clearTimeout(this.#timer);
    if (this.#isStopping) return;
    if (!this.isListening) this.failedStarts++;
    this.isListening = false;
    const isQuick = performance.now() - this.#started < LONG_LIFE;
    this.#quickEnds = isQuick ? this.#quickEnds + 1 : 1;
    const pause = Math.min(FIRST_PAUSE * 2 ** (this.#quickEnds - 1), LONGEST_PAUSE);
    this.#timer = setTimeout(() => this.start(), pause);
    this.events.onEnd(how);
  }
}
