// The rows of a sequence diagram: the events up to the verdict, with long pauses, and with the decisive row marked.

import type { Moment, Result, Role, Track } from "../../../conformance/index.ts";

/** More rows are hard to read, so the middle of a longer diagram is left out. */
const MAX_ROWS = 28;
/** A pause of this many ms gets a row of its own. */
const MIN_PAUSE = 400;

export interface DiagramRow {
  /** An arrow goes over P or Q; a note is an event of one side; a gap is time or events that are left out. */
  readonly kind: "arrow" | "note" | "gap" | "verdict";
  readonly at?: number;
  /** The side that acts: none for a gap and for the verdict. */
  readonly side?: Role | "suite";
  readonly connection?: "P" | "Q";
  readonly label: string;
  /** What broke the rule: an event, or the time in which nothing came. */
  readonly isDecisive?: boolean;
  /** Its order to the rows right before it is unknown. */
  readonly isSimultaneous?: boolean;
  /** The arrow does not arrive: a reset, or a connection that is refused. */
  readonly isLost?: boolean;
  /** The connections that are open when the row begins. */
  readonly open: readonly Track[];
}

export function buildDiagramRows(result: Result): DiagramRow[] {
  const { timeline, judgedAt = timeline.at(-1)?.at ?? 0, decisive, id, role, expected } = result;
  const events = timeline.filter((moment) => isBefore(moment, judgedAt));
  const open = traceOpenConnections(events);
  const rows = events.map((moment, index): DiagramRow => ({
    ...buildRow(moment, role),
    isDecisive: decisive !== undefined && moment === timeline[decisive],
    open: open[index] ?? [],
  }));
  const label = `${id} fails here: expected ${expected}`;
  const verdict: DiagramRow = { kind: "verdict", at: judgedAt, label, open: open.at(-1) ?? [] };
  return insertPauses([...shortenRows(rows), verdict], decisive === undefined);
}

/** The suite stops the subject at the time of the verdict: that signal is no part of the failure. */
function isBefore({ at, kind, actor }: Moment, judgedAt: number): boolean {
  const isStop = kind === "signal" && actor === "suite" && at === judgedAt;
  return at <= judgedAt && !isStop;
}

const otherRole = (role: Role): Role => (role === "server" ? "client" : "server");

function buildRow(moment: Moment, subject: Role): DiagramRow {
  const { at, track, actor, isSimultaneous } = moment;
  const shared = {
    ...{ at, label: formatLabel(moment), open: [] },
    ...(isSimultaneous && { isSimultaneous }),
  };
  if (track === "suite") return { ...shared, kind: "note", side: "suite" };
  if (track === "subject") return { ...shared, kind: "note", side: subject };
  const side = actor === "subject" ? subject : otherRole(subject);
  return { ...shared, kind: "arrow", side, connection: track, isLost: isLost(moment) };
}

const isLost = ({ kind, outcome }: Moment): boolean =>
  kind === "RST" || outcome === "refused" || outcome === "timeout";

/** For each moment, the connections that were open before it; at the end, those that stay open. */
function traceOpenConnections(moments: readonly Moment[]): Track[][] {
  const closedBy = new Map<Track, Set<Moment["actor"]>>();
  const before = moments.map((moment) => {
    const { track, actor, kind } = moment;
    const open = [...closedBy.keys()];
    if (kind === "SYN" && !isLost(moment)) closedBy.set(track, new Set());
    if (kind === "FIN") closedBy.get(track)?.add(actor);
    if (kind === "RST" || closedBy.get(track)?.size === 2) closedBy.delete(track);
    return open;
  });
  return [...before, [...closedBy.keys()]];
}

const EVENT_NAME: Partial<Record<Moment["kind"], string>> = {
  SYN: "connect (SYN)",
  FIN: "close (FIN)",
  RST: "reset (RST)",
  start: "starts:",
  exit: "ends:",
  signal: "gets",
  stdout: "prints",
  stderr: "prints on stderr",
};

function formatLabel({ kind, text, bytes }: Moment): string {
  const size = bytes === undefined || kind !== "data" ? "" : `${bytes} B`;
  return [size, EVENT_NAME[kind] ?? "", text].filter(Boolean).join(" ");
}

/** Keeps both ends and the decisive row; a row counts the events that are left out. */
function shortenRows(rows: readonly DiagramRow[]): DiagramRow[] {
  const half = MAX_ROWS / 2;
  const isKept = (index: number): boolean =>
    index < half || index >= rows.length - half || rows[index]?.isDecisive === true;
  return rows.flatMap((row, index) => {
    if (isKept(index)) return [row];
    if (!isKept(index - 1)) return [];
    const left = rows.findIndex((_, next) => next > index && isKept(next)) - index;
    return [{ kind: "gap", label: `${left} more events`, open: row.open }];
  });
}

/** Adds a row for each long pause. The pause before the verdict is decisive if something did not happen. */
function insertPauses(rows: readonly DiagramRow[], isSilence: boolean): DiagramRow[] {
  return rows.flatMap((row, index) => {
    const { at = 0, kind } = row;
    const pause = at - (rows[index - 1]?.at ?? at);
    const isDecisive = isSilence && kind === "verdict";
    if (pause < MIN_PAUSE && !isDecisive) return [row];
    const label = isDecisive ? `nothing for ${formatDuration(pause)}` : formatDuration(pause);
    return [{ kind: "gap", label, isDecisive, open: row.open }, row];
  });
}

const formatDuration = (ms: number): string =>
  ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`;
