// Runs many tasks, a few at a time: each of them waits most of its time.

/** When a task gives its slot away although it still runs. */
export interface Sharing {
  /** After this time, in ms: a task that takes so long mostly waits, and a wait needs no processor. */
  readonly after: number;
  /** So many tasks may run beyond the slots. */
  readonly most: number;
}

export class Pool {
  #free: number;
  #extra = 0;
  readonly #queue: (() => void)[] = [];

  constructor(
    slots: number,
    private readonly sharing: Sharing = { after: 0, most: 0 },
  ) {
    this.#free = slots;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    let hasSlot = true;
    const { after, most } = this.sharing;
    const share = (): void => {
      if (this.#extra >= most) return;
      this.#extra++;
      hasSlot = false;
      this.#release();
    };
    const timer = most > 0 ? setTimeout(share, after) : undefined;
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      if (hasSlot) this.#release();
      else this.#extra--;
    }
  }

  /** A slot goes to the next in the queue without becoming free, so that no later task overtakes it. */
  #release(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#free++;
  }
}
