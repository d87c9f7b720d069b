// Numbers that a seed determines: the same seed draws the same run on every machine.

const STEP = 0x9e_37_79_b9;
const [FIRST, SECOND] = [0x21_f0_aa_ad, 0x73_5a_2d_97];
const RANGE = 2 ** 32;

/** splitmix32: 32 bits of state, and every seed is a good one, so seeds may be counted up. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 up to the bound, without the bound. */
  below(bound: number): number {
    this.#state = (this.#state + STEP) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 16), FIRST);
    bits = Math.imul(bits ^ (bits >>> 15), SECOND);
    return Math.floor((((bits ^ (bits >>> 15)) >>> 0) / RANGE) * bound);
  }

  /** True once in so many times. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(some: readonly T[]): T {
    const one = some[this.below(some.length)];
    if (one === undefined) throw new Error("there is nothing to pick from");
    return one;
  }

  shuffle<T>(some: readonly T[]): T[] {
    const mixed = [...some];
    for (let at = mixed.length - 1; at > 0; at--) {
      const other = this.below(at + 1);
      [mixed[at], mixed[other]] = [mixed[other] as T, mixed[at] as T];
    }
    return mixed;
  }
}
