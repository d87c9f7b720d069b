// What may happen only so many times at once: a slot is taken for each, and given back.

/** A count of free slots. */
export class Semaphore {
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** A slot, which disposing of it gives back, once; undefined where none is free. */
  take(): Disposable | undefined {
    if (this.#free <= 0) return undefined;
    this.#free--;
    let taken = true;
    return {
      [Symbol.dispose]: () => {
        if (taken) this.#free++;
        taken = false;
      },
    };
  }
}
