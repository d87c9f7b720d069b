// Results as text: plain tables, every number with its unit.

import { sanitizeForDisplay } from "../../lib/text.ts";
import { size } from "../cli/progress.ts";
import type { InterferenceRow } from "./interference.ts";
import type { LoadRow } from "./load.ts";
import type { Row } from "./compare.ts";

/** A median whose middle half is wider than this share was taken on a busy machine. */
const NOISY = 0.2;

/** Whole processes. The ratio is that program's time over ours: above 1 we are faster. */
export function raceTable(rows: readonly Row[]): string {
  const head = [
    "work",
    "program",
    "time",
    "±",
    "×ours",
    "cpu",
    "memory",
    "server cpu",
    "server mem.",
  ];
  const body = rows.map((row) => [
    row.work,
    row.name,
    time(row.seconds),
    noise(row.spread),
    ratio(row.ratio),
    time(row.cpu),
    size(row.memory),
    row.serverCpu === undefined ? "" : time(row.serverCpu),
    row.serverMemory === undefined ? "" : `+ ${size(Math.max(0, row.serverMemory))}`,
  ]);
  return grid([head, ...body]);
}

/** Servers under load. The ratio is our transfers a second over theirs: above 1 we are faster. */
export function loadTable(rows: readonly LoadRow[]): string {
  const head = [
    "clients",
    "server",
    "transfers/s",
    "±",
    "ours×",
    "p50",
    "p99",
    "server cpu",
    "memory",
  ];
  const body = rows.map((row) => [
    String(row.clients),
    row.name,
    row.rate.toFixed(0),
    noise(row.spread),
    ratio(row.ratio),
    time(row.p50),
    time(row.p99),
    `${time(row.serverCpu)} each`,
    size(row.serverMemory),
  ]);
  return grid([head, ...body]);
}

/** One client alone, and beside others. */
export function besideTable(rows: readonly InterferenceRow[]): string {
  const head = ["beside", "p50 alone", "p50", "ratio", "p99 alone", "p99", "ratio", "memory each"];
  const body = rows.map(({ label, alone, beside, memory }) => [
    label,
    time(alone.p50),
    time(beside.p50),
    ratio(beside.p50 / alone.p50),
    time(alone.p99),
    time(beside.p99),
    ratio(beside.p99 / alone.p99),
    memory === undefined ? "" : `${(memory / 1024).toFixed(1)} KiB`,
  ]);
  return grid([head, ...body]);
}

/** Seconds in the unit that gives them three digits or so. */
export function time(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  if (seconds < 0.001) return `${(seconds * 1e6).toFixed(0)} µs`;
  return seconds < 1 ? `${(seconds * 1e3).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}

function ratio(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : "-";
}

function noise(share: number): string {
  if (!Number.isFinite(share)) return "-";
  const percent = `${(share * 100).toFixed(0)} %`;
  return share > NOISY ? `${percent} noisy` : percent;
}

/** Columns as wide as they must be; all but the first two to the right. */
function grid(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(sanitizeForDisplay));
  const widths = (shown[0] ?? []).map((_, column) =>
    Math.max(...shown.map((row) => Bun.stringWidth(row[column] ?? ""))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, column < 2))
      .join("  ")
      .trimEnd();
  return `${shown.map(line).join("\n")}\n`;
}

function pad(cell: string, width: number, left: boolean): string {
  const blank = " ".repeat(width - Bun.stringWidth(cell));
  return left ? cell + blank : blank + cell;
}
