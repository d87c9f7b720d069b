// The timeline of an attempt: everything that happens on both connections and in the subject.

import type { Actor, Moment, MomentKind, MomentOutcome, Track } from "../spec/moment.ts";
import { PieceRun } from "./piece-run.ts";

export type { Actor, Moment, MomentKind, Track } from "../spec/moment.ts";

const SLICE = 50; // milliseconds: a wait is measured in slices of this length
const STRETCH = 3; // and no wait takes longer than this many times its limit
const MOST = 4_000; // moments: of a flood, the first half and the last half are kept

/** How far the clock of the day is ahead of our own, in ms: it is read where it has just gone on to the next millisecond. */
function readEpoch(): number {
  const first = Date.now();
  while (Date.now() === first);
  return Date.now() - performance.now();
}

/** The moments of an attempt; each new one wakes the callers that wait. */
export class Timeline {
  readonly moments: Moment[] = [];
  readonly #start = performance.now();
  #dropped = 0;
  readonly #gap: Moment = { at: 0, track: "suite", actor: "suite", kind: "note", text: "" };
  readonly #wakers = new Set<() => void>();
  /** The pieces that came last, while nothing else has happened. */
  #run: PieceRun | undefined;
  /** The tracks of the subject's moments in this turn of the event loop. */
  readonly #turn = new Set<Track>();

  now(): number {
    return Math.round((performance.now() - this.#start) * 10) / 10;
  }

  /** Turns seconds since 1970, as other programs tell the time, into milliseconds of this timeline. */
  makeClock(): (seconds: number) => number {
    const epoch = readEpoch() + this.#start;
    return (seconds) => Math.round((seconds * 1_000 - epoch) * 10) / 10;
  }

  mark(track: Track, actor: Actor, kind: MomentKind, text = "", outcome?: MomentOutcome): void {
    this.#add({ at: this.now(), track, actor, kind, text, ...(outcome && { outcome }) });
  }

  markData(track: Track, actor: Actor, kind: MomentKind, piece: Uint8Array, prefix = ""): void {
    const run = this.#continues(track, actor, kind);
    if (run?.isOpen) {
      run.join(piece);
      return this.#wake();
    }
    const moment = { at: this.now(), track, actor, kind, text: "", bytes: 0 };
    run?.follow(moment, piece);
    this.#run = run ?? new PieceRun(moment, prefix, piece);
    this.#add(moment);
  }

  /** The run to which the next piece of this direction belongs: nothing else has happened since. */
  #continues(track: Track, actor: Actor, kind: MomentKind): PieceRun | undefined {
    const last = this.moments.at(-1);
    if (last === undefined || this.#run?.moment !== last) return undefined;
    const isSame = last.track === track && last.actor === actor && last.kind === kind;
    return isSame ? this.#run : undefined;
  }

  /** Waits until the check holds, at most the limit; says whether it holds. */
  async waitUntil(check: () => boolean, limit: number): Promise<boolean> {
    let left = limit;
    while (!check()) {
      if (left <= 0) return this.#checkOnceMore(check);
      const began = performance.now();
      const slice = Math.min(left, SLICE);
      await this.#waitForMoment(slice);
      // If the suite itself was delayed, that time does not count against the subject.
      const elapsed = performance.now() - began;
      left -= Math.min(elapsed, Math.max(slice, elapsed / STRETCH));
    }
    return true;
  }

  /** A timer may fire before events that arrived earlier, so those are handled first. */
  async #checkOnceMore(check: () => boolean): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    return check();
  }

  #waitForMoment(limit: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, limit);
      this.#wakers.add(done);
    });
  }

  #add(moment: Moment): void {
    if (moment.actor === "subject") this.#noteTurn(moment);
    this.moments.push(moment);
    if (this.moments.length > MOST) this.#dropMiddle();
    this.#wake();
  }

  /** What the kernel reports in one turn, on several tracks, has no order that the suite could know. */
  #noteTurn(moment: Moment): void {
    if (this.#turn.size === 0) setImmediate(() => this.#turn.clear());
    else if (!this.#turn.has(moment.track) || this.#turn.size > 1) moment.isSimultaneous = true;
    this.#turn.add(moment.track);
  }

  /** One moment replaces those that are dropped, and counts them. */
  #dropMiddle(): void {
    if (this.#dropped === 0) this.moments.splice(MOST / 2, 0, this.#gap);
    const dropped = this.moments.splice(MOST / 2 + 1, this.moments.length - MOST);
    this.#gap.at ||= dropped[0]?.at ?? 0;
    this.#dropped += dropped.length;
    this.#gap.text = `${this.#dropped} moments are left out here`;
  }

  #wake(): void {
    for (const done of [...this.#wakers]) done();
  }

  toString(): string {
    return this.moments.map(formatMoment).join("\n");
  }
}

const ARROW: Record<Actor, string> = { subject: "<-", suite: "->" };

/** Marks a moment that no clock can tell from those before it. */
export const SIMULTANEOUS = "=";

function formatMoment({ at, track, actor, kind, text, bytes, isSimultaneous }: Moment): string {
  const where = track === "P" || track === "Q" ? `${track} ${ARROW[actor]}` : track;
  const size = bytes === undefined ? "" : ` ${bytes} byte${bytes === 1 ? "" : "s"}`;
  const mark = isSimultaneous ? SIMULTANEOUS : " ";
  return `${mark}${at.toFixed(1).padStart(8)} ms  ${where.padEnd(7)}  ${`${kind}${size} ${text}`.trimEnd()}`;
}
