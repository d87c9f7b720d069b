// Finds the moments of a timeline that prove a failure.

import type { Connection } from "../net/connection.ts";
import type { Timeline } from "../net/timeline.ts";
import type { DialectClient } from "../peer/client.ts";
import type { Actor, Evidence, Moment, MomentKind, Track } from "../spec/moment.ts";
import type { SubjectProcess } from "../subject/process.ts";

/** The last event of these kinds on a track, if there is one. */
export function findMoment(
  { timeline }: { readonly timeline: Timeline },
  on: Track,
  kinds: readonly MomentKind[],
  by: Actor = "subject",
): Moment | undefined {
  return timeline.moments.findLast(
    ({ track, kind, actor }) => track === on && actor === by && kinds.includes(kind),
  );
}

/** The last text that the program printed, or else the last thing it did. */
export const findOutput = (program: SubjectProcess): Evidence =>
  findMoment(program, "subject", ["stdout", "stderr"]) ?? "subject";

/** The last bytes of the subject on this connection. */
export const findData = (connection: Connection | undefined): Moment | undefined =>
  connection && findMoment(connection, connection.name, ["data"]);

/** The end of this connection, if the subject has ended it. After close_notify there may be no FIN yet. */
export const findEnd = (connection: Connection | undefined): Evidence | undefined =>
  connection?.hasEnded
    ? (findMoment(connection, connection.name, ["FIN", "RST"]) ?? connection.name)
    : undefined;

/** What the server did instead of the expected reply: bytes that the dialect does not explain, or the end of P. */
export const findReaction = ({ p, q, unreadText }: DialectClient): Evidence | undefined =>
  (unreadText === "" ? undefined : findData(p)) ?? findData(q) ?? findEnd(p);
