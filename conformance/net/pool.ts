// Runs many things, a few at a time: most of the time of each goes in waiting.

export class Pool {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(slots: number) {
    this.#free = slots;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((turn) => this.#queue.push(turn));
    try {
      return await work();
    } finally {
      // A slot is handed on without ever being free, so that nobody can slip in between.
      const next = this.#queue.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
