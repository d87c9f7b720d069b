// The end of the terminal's report: what was judged, the counts by level, the slowest reply, and the verdict.

import { sanitizeForDisplay } from "../../../lib/text.ts";
import { LEVEL_NAME, LEVELS } from "../model/finding.ts";
import type { Paint } from "./paint.ts";
import type { Conclusion, Report } from "../model/report.ts";
import { ROLES } from "../../../conformance/index.ts";
import { wrapped } from "./text.ts";

const COLUMNS = [
  ["pass", "pass"],
  ["fail", "fail"],
  ["inconclusive", "inconclusive"],
  ["not-applicable", "not applicable"],
] as const;

export function formatSummary(report: Report, paint: Paint): string {
  return [
    ...subjects(report),
    "",
    ...table(report),
    "",
    slowestLine(report),
    ...(report.log ? ["", "the runner itself said last:", tail(report.log)] : []),
    verdict(report, paint),
  ].join("\n");
}

function subjects({ request, seconds }: Report): string[] {
  const given = ROLES.flatMap((role) => (request[role] ? [`${role}: ${request[role]}`] : []));
  const dialect = request.dialect ? [`dialect: ${request.dialect}`] : [];
  const only = request.only ? [`only: ${request.only}`] : [];
  return [...given, ...dialect, ...only, `judged in ${seconds} s`].map(sanitizeForDisplay);
}

function table({ counts }: Report): string[] {
  const head = `${"".padEnd(8)}${COLUMNS.map(([, name]) => name.padStart(16)).join("")}`;
  const rows = LEVELS.filter((level) => COLUMNS.some(([key]) => counts[level][key] > 0)).map(
    (level) => {
      const cells = COLUMNS.map(([key]) => String(counts[level][key]).padStart(16));
      return LEVEL_NAME[level].padEnd(8) + cells.join("");
    },
  );
  return [head, ...rows];
}

/** The wait that came closest to its limit. */
export function slowestLine({ slowest }: Report): string {
  if (!slowest?.slowest) return "slowest reply: none was waited for";
  const { what, took, limit } = slowest.slowest;
  return sanitizeForDisplay(
    `slowest reply: ${what}, ${took} ms of at most ${limit} ms (${slowest.id}: ${slowest.title})`,
  );
}

const LOG_LINES = 12; // enough for an error of the runner and where it came from

function tail(log: string): string {
  const lines = log.trimEnd().split("\n").slice(-LOG_LINES);
  return lines.map((line) => `  ${sanitizeForDisplay(Bun.stripANSI(line))}`).join("\n");
}

export const SIGN: Record<Conclusion, string> = {
  conformant: "✓",
  "not conformant": "✗",
  inconclusive: "?",
};
export const TINT = { conformant: "good", "not conformant": "bad", inconclusive: "odd" } as const;

function verdict({ conclusion, sentence }: Report, paint: Paint): string {
  const word = paint(TINT[conclusion], `${SIGN[conclusion]} ${conclusion.toUpperCase()}`);
  return `${paint("bold", word)}: ${wrapped(sanitizeForDisplay(sentence), 2)}`;
}
