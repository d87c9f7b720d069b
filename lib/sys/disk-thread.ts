// One thread that makes file calls which may wait for a disk, so that nobody else waits.

/** The calls of node:fs that a thread makes. Their results must be plain data. */
export type CallName =
  "readSync" | "openSync" | "fstatSync" | "closeSync" | "lstatSync" | "accessSync";

/** What the thread runs: a text, because a compiled program has no file that a thread could load. */
const SOURCE = `
const fs = require("node:fs");
self.onmessage = ({ data: [name, args] }) => {
  try {
    postMessage({ value: fs[name](...args) });
  } catch (error) {
    postMessage({ message: error.message, code: error.code });
  }
};`;

/** The answer of a thread: a value, or the message and the code of an error. */
interface Answer {
  readonly value?: unknown;
  readonly message?: string;
  readonly code?: string;
}

/**
 * The threads that the runtime has by itself are as few as the processors, and passwords and names of hosts need them. A thread of
 * ours costs 3 MB and 5 ms, and is started when the first one waits for a disk.
 */
export class DiskThread {
  readonly #worker = new Worker(
    URL.createObjectURL(new Blob([SOURCE], { type: "application/javascript" })),
  );

  constructor() {
    this.#worker.unref();
  }

  /** Makes a call, one at a time. Throws the system's error. Bytes that it reads must be in a `SharedArrayBuffer`. */
  call<T>(name: CallName, ...args: unknown[]): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) =>
      data.message === undefined
        ? resolve(data.value as T)
        : reject(Object.assign(new Error(data.message), { code: data.code }));
    this.#worker.onerror = ({ message }) => reject(new Error(message));
    this.#worker.ref();
    this.#worker.postMessage([name, args]);
    return promise.finally(() => this.#worker.unref());
  }
}
