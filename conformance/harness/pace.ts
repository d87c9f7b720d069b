// How fast a program is, as far as it is known: one that did not answer in one case is not waited for as long in the others.

import type { Timeouts } from "../spec/timeouts.ts";

/** A program may be so many times slower than its slowest good answer: it shares the machine with the other cases. */
const SLOWER = 10;

/** What was seen of one program in all cases of this process. */
export class Pace {
  /** A client did not end within its limit. */
  isEndless = false;
  /** There was no answer within the limit for one. */
  isSilent = false;
  /** A server did not listen within the limit for its start. */
  isDeaf = false;
  /** In ms. */
  #slowestAnswer = 0;

  noteAnswer(took: number): void {
    this.#slowestAnswer = Math.max(this.#slowestAnswer, took);
  }

  /** The limits that this program has now. The first wait of each kind has the whole limit. */
  adjust(timeouts: Timeouts): Timeouts {
    if (!this.isSilent && !this.isDeaf) return timeouts;
    const scale = Math.max(1, timeouts.scale);
    const shortest = Math.max(timeouts.reply / scale, SLOWER * this.#slowestAnswer);
    return {
      ...timeouts,
      ...(this.isSilent && { reply: Math.min(timeouts.reply, shortest) }),
      ...(this.isDeaf && { start: timeouts.start / scale }),
    };
  }
}

const paces = new Map<string, Pace>();

/** The pace of the program that this command starts. */
export function paceOf(command: string): Pace {
  const pace = paces.get(command) ?? new Pace();
  paces.set(command, pace);
  return pace;
}
