// The rows of a sequence diagram: what happened between client and server, without what does not matter.

import type { Result } from "../../../conformance/index.ts";
import type { Moment } from "../../../conformance/index.ts";
import { sanitizeForDisplay } from "../../../lib/text.ts";
import { findDecisiveEvent } from "../model/decisive-event.ts";
import type { Role } from "../../../conformance/index.ts";

/** Rows of a diagram that a reader can still take in; of a longer one the middle is left out. */
const MOST = 28;
/** A pause of this many ms is a row of its own. */
const PAUSE = 400;

export type Row =
  | {
      kind: "arrow";
      at: number;
      lane: "P" | "Q";
      from: Role;
      label: string;
      blamed: boolean;
      lost: boolean;
    }
  | { kind: "note"; at: number; by: Role | "suite"; label: string; blamed: boolean }
  | { kind: "gap"; label: string; blamed: boolean }
  | { kind: "verdict"; at: number; label: string };

export interface Scene {
  readonly subject: Role;
  readonly rows: readonly Row[];
}

export function scene(one: Result): Scene {
  const { decided, blamed } = findDecisiveEvent(one);
  const shown = one.timeline.filter((moment) => moment.at <= decided && !isEnd(moment, decided));
  const rows = shown.map((moment) => row(moment, one.role, moment === blamed));
  const silent = blamed === undefined;
  const verdict: Row = {
    kind: "verdict",
    at: decided,
    label: sanitizeForDisplay(`${one.id}: expected ${one.expected}`),
  };
  return { subject: one.role, rows: paused([...shortened(rows), verdict], silent) };
}

const isEnd = ({ kind, at }: Moment, decided: number): boolean =>
  kind === "signal" && at === decided;

function row(moment: Moment, subject: Role, blamed: boolean): Row {
  const { at, track, actor } = moment;
  const from = actor === "subject" ? subject : other(subject);
  const label = labelOf(moment);
  if (track === "suite") return { kind: "note", at, by: "suite", label, blamed };
  if (track === "subject") return { kind: "note", at, by: subject, label, blamed };
  const lost = moment.kind === "RST" || label.endsWith("refused");
  return { kind: "arrow", at, lane: track, from, label, blamed, lost };
}

export const other = (role: Role): Role => (role === "server" ? "client" : "server");

const WORDS: Partial<Record<Moment["kind"], string>> = {
  SYN: "connect",
  FIN: "close (FIN)",
  RST: "reset (RST)",
  start: "starts:",
  exit: "ends:",
  signal: "gets",
  stdout: "prints",
  stderr: "prints on stderr",
};

function labelOf({ kind, text, bytes }: Moment): string {
  const size = bytes === undefined || kind !== "data" ? "" : `${bytes} B `;
  // Made inert before it is measured: escapes are longer than what they stand for.
  return sanitizeForDisplay(`${size}${[WORDS[kind] ?? "", text].filter(Boolean).join(" ")}`.trim());
}

function shortened(rows: readonly Row[]): Row[] {
  if (rows.length <= MOST) return [...rows];
  const half = MOST / 2;
  const gap: Row = { kind: "gap", label: `${rows.length - MOST} more events`, blamed: false };
  return [...rows.slice(0, half), gap, ...rows.slice(-half)];
}

/** A row for each long pause; the last one is to be blamed where something did not come. */
function paused(rows: readonly Row[], silent: boolean): Row[] {
  return rows.flatMap((one, at) => {
    const before = rows[at - 1];
    const time = "at" in one && before && "at" in before ? one.at - before.at : 0;
    const last = silent && one.kind === "verdict";
    if (time < PAUSE && !last) return [one];
    const label = last ? `nothing for ${duration(time)}` : `${duration(time)} pass`;
    return [{ kind: "gap", label, blamed: last } as const, one];
  });
}

export const duration = (ms: number): string =>
  ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`;
