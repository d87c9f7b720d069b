// The text of a failure: the rule, what was expected and observed, a hint, the timeline, and how to test it again.

import { type Moment, SIMULTANEOUS, Timeline } from "../net/timeline.ts";
import type { Result } from "./result.ts";

/** The same text on the terminal, in JUnit and in JSON. */
export function formatFailure(one: Result): string {
  const { id, level, role, rule, title, hint, crash, remarks = [] } = one;
  const notes = [...(crash ? [`the ${role} crashed: ${crash.words}`] : []), ...remarks];
  return [
    `${id} ${level} (${role}): ${rule}`,
    `case:      ${title}`,
    ...findingOf(one),
    ...notes.map((note) => `also seen: ${note}`),
    `hint:      ${hint}`,
    `timeline of P and Q (${describeMarks(one.timeline)}):`,
    formatTimeline(one.timeline),
    `again:     ${one.again}`,
  ].join("\n");
}

function findingOf({ verdict, reason, expected, observed, retried }: Result): string[] {
  if (verdict === "inconclusive") return [`inconclusive: ${reason}`];
  const twice = retried ? " (tried twice, same result)" : "";
  return [`expected:  ${expected ?? ""}`, `observed:  ${observed ?? ""}${twice}`];
}

const MARKS = "-> from the suite, <- from your program";

/** The sign of a moment without an order is only explained if there is one. */
const describeMarks = (moments: readonly Moment[]): string =>
  moments.some(({ isSimultaneous }) => isSimultaneous)
    ? `${MARKS}, ${SIMULTANEOUS} the order to the lines above is unknown`
    : MARKS;

const MOST = 60; // moments: more of them hide the ones that matter

function formatTimeline(moments: readonly Moment[]): string {
  const timeline = new Timeline();
  const skipped = moments.length - MOST;
  const half = MOST / 2;
  if (skipped <= 0) timeline.moments.push(...moments);
  else {
    const at = moments[half]?.at ?? 0;
    const gap = { at, track: "suite", actor: "suite", kind: "note" } as const;
    const text = `(${skipped} more)`;
    timeline.moments.push(...moments.slice(0, half), { ...gap, text }, ...moments.slice(-half));
  }
  return timeline.toString();
}
