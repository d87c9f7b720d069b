// Runs many tasks, a few at a time: each of them waits most of its time.

export class Pool {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(slots: number) {
    this.#free = slots;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    try {
      return await work();
    } finally {
      // A slot goes to the next in the queue without becoming free, so that no later task overtakes it.
      const next = this.#queue.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
