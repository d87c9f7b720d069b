// Limits how often something happens at one time.

/** A count of free slots. */
export class Semaphore {
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** A slot; disposing of it gives it back. Undefined if none is free. */
  acquire(): Disposable | undefined {
    if (this.#free <= 0) return undefined;
    this.#free--;
    let isTaken = true;
    return {
      [Symbol.dispose]: () => {
        if (isTaken) this.#free++;
        isTaken = false;
      },
    };
  }
}
