// Adds the system calls of a traced attempt to its facts: lines on the timeline, and what can be concluded from them.

import type { CaseContext } from "../harness/context.ts";
import type { Moment } from "../net/timeline.ts";
import type { Role } from "../spec/requirements.ts";
import { findPlaces } from "../trace/call-place.ts";
import type { Conclusion, Evidence } from "../trace/conclusion.ts";
import { drawConclusions } from "../trace/draw-conclusions.ts";
import { followCalls } from "../trace/follow-calls.ts";
import { parseCalls } from "../trace/system-call.ts";
import { makeMoments } from "../trace/trace-moments.ts";

export interface CaseTrace {
  /** With the calls, in the order of time. */
  readonly timeline: Moment[];
  readonly conclusions: Conclusion[];
}

/** Call it when the context has been disposed of. */
export function readTraces(context: CaseContext, role: Role): CaseTrace {
  const { moments } = context.timeline;
  const timeline = [...moments];
  const conclusions: Conclusion[] = [];
  const clock = context.timeline.makeClock();
  for (const { argv, strace } of context.traces) {
    const calls = parseCalls(strace.text);
    findPlaces(calls);
    const story = followCalls(calls, role, context.root);
    timeline.push(...makeMoments(story, clock));
    const known = new Set(conclusions.map(({ kind }) => kind));
    const drawn = drawConclusions(story, gatherEvidence(context, argv));
    conclusions.push(...drawn.filter(({ kind }) => !known.has(kind)));
  }
  timeline.sort((one, other) => one.at - other.at);
  return { timeline, conclusions };
}

function gatherEvidence({ timeline, dialect }: CaseContext, argv: readonly string[]): Evidence {
  const own = timeline.moments.filter(({ actor }) => actor === "suite");
  const sent = (track: "P" | "Q"): number =>
    own
      .filter((moment) => moment.track === track && moment.kind === "data")
      .reduce((all, { bytes = 0 }) => all + bytes, 0);
  const opened = own.filter(({ kind }) => kind === "SYN");
  const isOpen = ({ track, outcome }: Moment): boolean => track === "P" && outcome === "connected";
  return {
    sent: { P: sent("P"), Q: sent("Q") },
    clients: opened.filter(isOpen).length,
    wasRefused: opened.some(({ track, outcome }) => track === "Q" && outcome === "refused"),
    isBare: dialect.get.data?.frame === "close",
    numbers: argv.flatMap((word) => (/^\d{2,5}$/.test(word) ? [Number(word)] : [])),
  };
}
