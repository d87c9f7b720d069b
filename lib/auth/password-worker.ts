// Password hashes compared in a thread of their own: argon2 in the shared pool would hold up the reading of files.

import { replyFailure } from "../errors.ts";

/** What the thread is asked, and what it answers. */
export interface PasswordCheck {
  readonly password: string;
  readonly hash: string;
}

/** Who waits for an answer. */
interface Waiting extends PasswordCheck {
  readonly answer: (good: boolean) => void;
  readonly refuse: (reason: Error) => void;
}

/** Logins that wait from one address at once. One more, and the one that has waited longest is told to come again. */
const MOST_WAITING = 64;

/**
 * Compares one password at a time, so that memory and processor are bounded however many ask. Addresses take turns; within
 * one address the newest goes first: in a flood the oldest have waited too long already, and whoever comes now is served.
 */
export class PasswordWorker implements Disposable {
  #worker: Worker | undefined;
  readonly #waiting = new Map<string, Waiting[]>();
  #asked: Waiting | undefined;

  /** `script` is what the thread runs: tests give another one. */
  constructor(private readonly script = new URL("./password-worker.thread.ts", import.meta.url)) {
    this.#worker = this.#start();
  }

  /** True where the password belongs to the hash. Rejects with a `Failure` of code 421 where too many wait. */
  verify(question: PasswordCheck, address: string): Promise<boolean> {
    return new Promise((answer, refuse) => {
      const lane = this.#waiting.get(address) ?? [];
      lane.push({ ...question, answer, refuse });
      if (lane.length > MOST_WAITING) {
        lane.shift()?.refuse(replyFailure(421, "Too many logins at once: try again later."));
      }
      this.#waiting.set(address, lane);
      this.#ask();
    });
  }

  [Symbol.dispose](): void {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.terminate();
  }

  #ask(): void {
    const [address, lane] = this.#waiting.entries().next().value ?? [];
    if (this.#asked || address === undefined || !lane) return;
    this.#asked = lane.pop();
    // The address goes to the end of the row, and out of it when nobody is left.
    this.#waiting.delete(address);
    if (lane.length > 0) this.#waiting.set(address, lane);
    const { password, hash } = this.#asked as Waiting;
    this.#worker ??= this.#start();
    this.#worker.postMessage({ password, hash } satisfies PasswordCheck);
  }

  #start(): Worker {
    const worker = new Worker(this.script);
    worker.addEventListener("message", ({ data }: MessageEvent<boolean>) => this.#answered(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#died(worker);
    });
    worker.addEventListener("close", () => this.#died(worker));
    worker.unref();
    return worker;
  }

  /** A thread that ends by itself, for want of memory for one, takes one login with it and not all that come after. */
  #died(worker: Worker): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#asked?.refuse(replyFailure(421, "The login could not be checked: try again later."));
    this.#asked = undefined;
    this.#ask();
  }

  #answered(good: boolean): void {
    this.#asked?.answer(good);
    this.#asked = undefined;
    this.#ask();
  }
}
