// Finds the moment that proves a failure.

import type { Evidence, Moment } from "../spec/moment.ts";

/** A verdict this soon after an event follows from that event, in ms; a later one follows from a silence. */
const PROMPT = 250;

/**
 * The moment that the case names, or the last one of the subject on the track that it names. If the case names neither,
 * the last moment of the subject, unless that is too long ago. Call it before the subject is ended.
 */
export function findDecisiveMoment(
  moments: readonly Moment[],
  judgedAt: number,
  evidence?: Evidence,
): Moment | undefined {
  if (typeof evidence === "object") return evidence;
  const last = moments.findLast(
    ({ actor, track }) => actor === "subject" && (evidence ?? track) === track,
  );
  const isRecent = last !== undefined && judgedAt - last.at <= PROMPT;
  return evidence !== undefined || isRecent ? last : undefined;
}
