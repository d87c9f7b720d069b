// Finds in a timeline the event at which a rule was broken, or the silence that broke it.

import type { Result } from "../../../conformance/runner/result.ts";
import type { Moment } from "../../../conformance/net/timeline.ts";

/** A judgement comes this soon after the event that decides it, in ms; later, it was made because nothing came. */
const PROMPT = 250;

export interface DecisiveEvent {
  /** When the rule was found broken, in ms; what comes later is the end that the suite made. */
  readonly decided: number;
  /** The moment to blame; none where something did not happen. */
  readonly blamed: Moment | undefined;
}

export function findDecisiveEvent(one: Result): DecisiveEvent {
  const { timeline } = one;
  const decided = decidedAt(timeline);
  const before = timeline.filter(({ at, actor }) => at <= decided && actor === "subject");
  const quoted = before.findLast((moment) => isQuoted(moment, one.observed ?? ""));
  const last = before.at(-1);
  const prompt = last !== undefined && decided - last.at <= PROMPT;
  return { decided, blamed: quoted ?? (prompt ? (answering(before, one) ?? last) : undefined) };
}

/** The suite ends a subject as soon as it has judged: its last SIGINT is the moment. */
function decidedAt(timeline: readonly Moment[]): number {
  const end = timeline.findLastIndex(({ kind, text }) => kind === "signal" && text === "SIGINT");
  const late = timeline
    .slice(end + 1)
    .some(({ actor, kind }) => actor === "suite" && kind !== "signal");
  const found = end < 0 || late ? timeline.at(-1) : timeline[end];
  return found?.at ?? 0;
}

/** Where the observation names a connection, the last that came on it is meant: its end without a word, for example. */
function answering(before: readonly Moment[], { observed = "" }: Result): Moment | undefined {
  const lane = laneOf(observed);
  return before.findLast(({ track, kind }) => track === lane && kind !== "SYN");
}

const laneOf = (observed: string): Moment["track"] | undefined =>
  / on ([PQ])\b/.exec(observed)?.[1] as "P" | "Q" | undefined;

// Where the observation repeats what came, on the connection it names, that is what it speaks of.
function isQuoted({ text, track }: Moment, observed: string): boolean {
  if (text.length <= 2 || !observed.includes(text)) return false;
  return [undefined, track].includes(laneOf(observed));
}
