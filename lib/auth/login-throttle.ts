// Limits how often one source may guess a password, over all connections and all processes that serve one port.

import { clientSource } from "../net/client-source.ts";
import { sourceWords, type SourceWords } from "../net/source-words.ts";

/**
 * A source is charged so many seconds for each wrong password, and they pass with time: who guesses without end gets one
 * guess in about this time. A person who mistypes is forgiven soon.
 */
const CHARGE = 60;

/** Wrong passwords that block nobody: a person mistypes twice, and several people may share one address. */
const FREE_FAILURES = 3;

/** The delay that the first wrong password earns, in ms; each further one that is not forgotten yet doubles it. */
const FIRST_DELAY = 500;

/** The longest time that a source is blocked, in s. Only a wrong clock could make it longer than a few charges. */
const MAX_BLOCK = 10 * 60;

/** A source finds its record among few, so that a look-up costs the same in a full table as in an empty one. */
const BUCKETS = 2048;
const RECORDS_PER_BUCKET = 8;

/** A record is four 32-bit words: two name the source, then the seconds when its charge and its block end. */
const WORDS = 4;
const [CHARGED_UNTIL, BLOCKED_UNTIL] = [2, 3];

const BUCKET_WORDS = RECORDS_PER_BUCKET * WORDS;

/** The size of the table in bytes: 16,384 sources. One more takes the record whose charge ends first. */
export const THROTTLE_TABLE_BYTES = BUCKETS * BUCKET_WORDS * Int32Array.BYTES_PER_ELEMENT;

/** Times count from here, so that they fit into 31 bits until 2094. */
const EPOCH = Date.UTC(2026) / 1000;

/** How long the reply to a wrong password is delayed, in ms, if the source has so many that are not forgotten. */
export function refusalDelay(failures: number): number {
  return FIRST_DELAY * 2 ** (failures - 1);
}

/** All methods take the address of a client, and count by its source. */
export class LoginThrottle {
  /** The block that the present attempt has set, if it has. */
  #reserved: { readonly at: number; readonly until: number } | undefined;

  /** `table` begins as zeros. It is shared if several processes serve one port. */
  constructor(
    private readonly table: Int32Array = new Int32Array(
      THROTTLE_TABLE_BYTES / Int32Array.BYTES_PER_ELEMENT,
    ),
    /** The wall clock, in ms: the one that all processes have in common. */
    private readonly wallClock: () => number = Date.now,
  ) {}

  /** How many wrong passwords of the source are not forgotten. */
  countRecent(address: string): number {
    const at = this.#find(sourceWords(clientSource(address)));
    return at === undefined ? 0 : this.#countFailures(at);
  }

  /** For how many seconds the source may not try; 0 if it may. */
  getBlock(address: string): number {
    const at = this.#find(sourceWords(clientSource(address)));
    return at === undefined ? 0 : this.#getBlock(at);
  }

  /**
   * Asks before a password is checked: returns 0, or for how many seconds the source may not try. A source with too many
   * failures is blocked here already, and not only after the check, so that it cannot try in several processes at one time.
   * A process makes one attempt at a time.
   */
  beginAttempt(address: string): number {
    this.#reserved = undefined;
    const at = this.#find(sourceWords(clientSource(address)));
    if (at === undefined) return 0;
    const before = Atomics.load(this.table, at + BLOCKED_UNTIL);
    const failures = this.#countFailures(at);
    const block = this.#getBlock(at);
    if (block > 0 || failures < FREE_FAILURES) return block;
    const until = this.#now() + blockAfter(failures + 1);
    if (!this.#replace(at + BLOCKED_UNTIL, before, until)) return this.#getBlock(at);
    this.#reserved = { at, until };
    return 0;
  }

  /** The password was right: others of the source may try at once. What the source has failed before is not forgiven. */
  endAttempt(): void {
    if (this.#reserved) this.#replace(this.#reserved.at + BLOCKED_UNTIL, this.#reserved.until, 0);
  }

  /** The password was wrong. Returns how many wrong ones of the source are not forgotten, with this one. */
  countFailure(address: string): number {
    const words = sourceWords(clientSource(address));
    const at = this.#find(words) ?? this.#create(words);
    this.#charge(at);
    const failures = this.#countFailures(at);
    if (failures > FREE_FAILURES)
      Atomics.store(this.table, at + BLOCKED_UNTIL, this.#now() + blockAfter(failures));
    return failures;
  }

  #charge(at: number): void {
    for (;;) {
      const before = Atomics.load(this.table, at + CHARGED_UNTIL);
      const after = Math.max(before, this.#now()) + CHARGE;
      if (this.#replace(at + CHARGED_UNTIL, before, after)) return;
    }
  }

  /** False if another process has changed the word meanwhile. */
  #replace(at: number, before: number, after: number): boolean {
    return Atomics.compareExchange(this.table, at, before, after) === before;
  }

  #countFailures(at: number): number {
    const charge = Atomics.load(this.table, at + CHARGED_UNTIL) - this.#now();
    return Math.max(0, Math.ceil(charge / CHARGE));
  }

  /** A block that is longer than any was set before the clock was put back, and counts as over. */
  #getBlock(at: number): number {
    const block = Atomics.load(this.table, at + BLOCKED_UNTIL) - this.#now();
    return block > MAX_BLOCK ? 0 : Math.max(0, block);
  }

  #find([high, low]: SourceWords): number | undefined {
    for (const at of bucketOf(low))
      if (this.table[at] === high && this.table[at + 1] === low) return at;
    return undefined;
  }

  /**
   * Takes the free record of the bucket, or else the one whose charge ends first. If two processes create a record at the
   * same moment, one charge may be lost: the source has one more guess.
   */
  #create([high, low]: SourceWords): number {
    const end = (at: number) => Atomics.load(this.table, at + CHARGED_UNTIL);
    const at = bucketOf(low).reduce((best, other) => (end(other) < end(best) ? other : best));
    for (const [index, word] of [high, low, 0, 0].entries())
      Atomics.store(this.table, at + index, word);
    return at;
  }

  #now(): number {
    return Math.floor(this.wallClock() / 1000) - EPOCH;
  }
}

/** For how many seconds a source is blocked after so many failures. */
function blockAfter(failures: number): number {
  return Math.min(MAX_BLOCK, Math.ceil(refusalDelay(failures) / 1000));
}

/** The records in which a source may be. */
function bucketOf(low: number): number[] {
  const first = ((low >>> 0) % BUCKETS) * BUCKET_WORDS;
  return Array.from({ length: RECORDS_PER_BUCKET }, (_, index) => first + index * WORDS);
}
