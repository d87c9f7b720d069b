// One record of everything that happened in an attempt, on both connections and in the subject.

import { show } from "./bytes.ts";

/** Where it happened: a connection, the subject itself, or the suite's own remark. */
export type Track = "P" | "Q" | "subject" | "suite";
/** Who did it: the subject, or the suite that plays its peer. */
export type Actor = "subject" | "suite";
export type MomentKind =
  "SYN" | "data" | "FIN" | "RST" | "start" | "stdout" | "stderr" | "signal" | "exit" | "note";

export interface Moment {
  /** Milliseconds since the attempt began. */
  at: number;
  track: Track;
  actor: Actor;
  kind: MomentKind;
  text: string;
  /** How many bytes the moment stands for, where it stands for bytes. */
  bytes?: number;
}

const SLICE = 50; // milliseconds: a wait is counted in pieces of this length
const STRETCH = 3; // and no wait takes longer than this many times its limit
const MOST = 4_000; // moments: of a flood the first half and the last half are kept
const EXCERPT = 72; // bytes of a piece that are kept: enough for a reply, not for a file
const WORDS = 400; // of what a program prints, whose last line may tell why it ended

/** The moments of one attempt; whoever waits for something is woken by each new one. */
export class Timeline {
  readonly moments: Moment[] = [];
  readonly #born = performance.now();
  #forgotten = 0;
  readonly #gap: Moment = { at: 0, track: "suite", actor: "suite", kind: "note", text: "" };
  readonly #waiting = new Set<() => void>();

  now(): number {
    return Math.round((performance.now() - this.#born) * 10) / 10;
  }

  mark(track: Track, actor: Actor, kind: MomentKind, text = ""): void {
    this.#add({ at: this.now(), track, actor, kind, text });
  }

  markData(track: Track, actor: Actor, kind: MomentKind, piece: Uint8Array, before = ""): void {
    const last = this.moments.at(-1);
    if (last?.bytes !== undefined && last.track === track && last.kind === kind) {
      if (last.actor === actor && last.bytes >= kept(kind)) {
        last.bytes += piece.length;
        return this.#wake();
      }
    }
    const text = `${before}${show(piece, kept(kind))}`;
    this.#add({ at: this.now(), track, actor, kind, text, bytes: piece.length });
  }

  /** Waits until the check holds, at most the limit; says whether it came to hold. */
  async waitUntil(check: () => boolean, limit: number): Promise<boolean> {
    let left = limit;
    while (!check()) {
      if (left <= 0) return this.#lastLook(check);
      const began = performance.now();
      const slice = Math.min(left, SLICE);
      await this.#change(slice);
      // Where the suite itself was held up, that time is not the subject's.
      const took = performance.now() - began;
      left -= Math.min(took, Math.max(slice, took / STRETCH));
    }
    return true;
  }

  /** A timer may come before events that have long been waiting: let them in first. */
  async #lastLook(check: () => boolean): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    return check();
  }

  #change(limit: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, limit);
      this.#waiting.add(done);
    });
  }

  #add(moment: Moment): void {
    this.moments.push(moment);
    if (this.moments.length > MOST) this.#forget();
    this.#wake();
  }

  /** What is taken out of the middle leaves a moment that counts it. */
  #forget(): void {
    if (this.#forgotten === 0) this.moments.splice(MOST / 2, 0, this.#gap);
    const gone = this.moments.splice(MOST / 2 + 1, this.moments.length - MOST);
    this.#gap.at ||= gone[0]?.at ?? 0;
    this.#forgotten += gone.length;
    this.#gap.text = `… ${this.#forgotten} moments more …`;
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }

  toString(): string {
    return this.moments.map(line).join("\n");
  }
}

const kept = (kind: MomentKind): number =>
  kind === "stdout" || kind === "stderr" ? WORDS : EXCERPT;

const ARROW: Record<Actor, string> = { subject: "<-", suite: "->" };

function line({ at, track, actor, kind, text, bytes }: Moment): string {
  const where = track === "P" || track === "Q" ? `${track} ${ARROW[actor]}` : track;
  const size = bytes === undefined ? "" : ` ${bytes} byte${bytes === 1 ? "" : "s"}`;
  return `${at.toFixed(1).padStart(9)} ms  ${where.padEnd(7)}  ${`${kind}${size} ${text}`.trimEnd()}`;
}
