// The results as tables of text, every number with its unit.

import { sanitizeForDisplay } from "../../lib/text.ts";
import { formatBytes } from "../cli/byte-size.ts";
import type { Results } from "./benchmark.ts";
import type { ProcessRow } from "./compare.ts";
import type { InterferenceRow } from "./interference.ts";
import type { LoadRow } from "./load.ts";

/** A median with a larger spread than this was measured on a busy machine. */
const NOISY = 0.2;

/** The head of a column, and its cell for a row. */
type Column<T> = readonly [head: string, format: (row: T) => string];

/** Whole processes. `×ours` is the time of that client divided by ours: above 1, we are faster. */
const PROCESS_COLUMNS: readonly Column<ProcessRow>[] = [
  ["work", (row) => row.work],
  ["program", (row) => row.name],
  ["time", (row) => formatSeconds(row.seconds)],
  ["±", (row) => formatSpread(row.spread)],
  ["×ours", (row) => formatRatio(row.ratio)],
  ["cpu", (row) => formatSeconds(row.cpu)],
  ["memory", (row) => formatBytes(row.memory)],
  ["server cpu", ({ serverCpu }) => (serverCpu === undefined ? "" : formatSeconds(serverCpu))],
  ["server mem.", ({ serverMemory }) => formatGrowth(serverMemory)],
];

/** Servers under load. `ours×` is our rate divided by that of the server: above 1, we are faster. */
const LOAD_COLUMNS: readonly Column<LoadRow>[] = [
  ["clients", (row) => String(row.clients)],
  ["server", (row) => row.name],
  ["transfers/s", (row) => row.rate.toFixed(0)],
  ["±", (row) => formatSpread(row.spread)],
  ["ours×", (row) => formatRatio(row.ratio)],
  ["p50", (row) => formatSeconds(row.p50)],
  ["p99", (row) => formatSeconds(row.p99)],
  ["server cpu", (row) => `${formatSeconds(row.serverCpu)} each`],
  ["memory", (row) => formatBytes(row.serverMemory)],
];

/** One client alone, and together with others. */
const INTERFERENCE_COLUMNS: readonly Column<InterferenceRow>[] = [
  ["others", (row) => row.label],
  ["p50 alone", ({ alone }) => formatSeconds(alone.p50)],
  ["p50", ({ withOthers }) => formatSeconds(withOthers.p50)],
  ["ratio", ({ alone, withOthers }) => formatRatio(withOthers.p50 / alone.p50)],
  ["p99 alone", ({ alone }) => formatSeconds(alone.p99)],
  ["p99", ({ withOthers }) => formatSeconds(withOthers.p99)],
  ["ratio", ({ alone, withOthers }) => formatRatio(withOthers.p99 / alone.p99)],
  ["memory each", ({ memory }) => (memory === undefined ? "" : formatBytes(memory))],
];

/** All tables that have rows, with an empty line between them. */
export function formatResults({ processes, load, interference }: Results): string {
  const tables = [
    formatTable(PROCESS_COLUMNS, processes),
    formatTable(LOAD_COLUMNS, load),
    formatTable(INTERFERENCE_COLUMNS, interference),
  ];
  return tables.filter((table) => table !== "").join("\n");
}

/** Seconds in the unit that gives about three digits. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  if (seconds < 0.001) return `${(seconds * 1e6).toFixed(0)} µs`;
  return seconds < 1 ? `${(seconds * 1e3).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}

function formatRatio(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : "-";
}

function formatSpread(share: number): string {
  if (!Number.isFinite(share)) return "-";
  return `${(share * 100).toFixed(0)} %${share > NOISY ? " noisy" : ""}`;
}

function formatGrowth(bytes: number | undefined): string {
  return bytes === undefined ? "" : `+ ${formatBytes(Math.max(0, bytes))}`;
}

/** Columns as wide as their widest cell. The first two are aligned to the left, the others to the right. */
function formatTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  if (rows.length === 0) return "";
  const cells = columns.map(([head, format]) =>
    [head, ...rows.map(format)].map(sanitizeForDisplay),
  );
  const padded = cells.map((column, index) => padColumn(column, index < 2));
  const lines = [-1, ...rows.keys()].map((row) => padded.map((column) => column[row + 1]));
  return lines.map((line) => `${line.join("  ").trimEnd()}\n`).join("");
}

function padColumn(cells: readonly string[], isLeft: boolean): string[] {
  const width = Math.max(...cells.map((cell) => Bun.stringWidth(cell)));
  return cells.map((cell) => {
    const blank = " ".repeat(width - Bun.stringWidth(cell));
    return isLeft ? cell + blank : blank + cell;
  });
}
