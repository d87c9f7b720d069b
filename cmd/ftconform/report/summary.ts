// The end of the terminal's report: what was tested, the counts by level, the slowest answer, and the conclusion.

import { ROLES } from "../../../conformance/index.ts";
import { sanitizeForDisplay } from "../../../lib/text.ts";
import { LEVEL_NAME, LEVELS } from "../model/finding.ts";
import type { Conclusion, Report } from "../model/report.ts";
import type { Paint } from "./paint.ts";
import { wrapText } from "./text.ts";

const COLUMNS = ["pass", "fail", "inconclusive", "not-applicable"] as const;

export function formatSummary(report: Report, paint: Paint): string {
  return [
    ...formatRequest(report),
    "",
    ...formatCounts(report),
    "",
    formatSlowest(report),
    ...(report.log ? ["", "The process that ran the suite said last:", tail(report.log)] : []),
    formatConclusion(report, paint),
  ].join("\n");
}

/** Loud, since whoever reads it may take the programs for harmless. */
export const NO_SANDBOX =
  "Sandbox: none. This is no security boundary: the programs could read and change all files of the user who ran them, and use the network.";

function formatRequest({ request, seconds, sandbox }: Report): string[] {
  const fields = [...ROLES, "dialect", "only"] as const;
  const given = fields.flatMap((name) => (request[name] ? [`${name}: ${request[name]}`] : []));
  const sealed = sandbox === "none" ? [NO_SANDBOX] : sandbox ? [`sandbox: ${sandbox}`] : [];
  return [...given, ...sealed, `Tested in ${seconds} s.`].map(sanitizeForDisplay);
}

function formatCounts({ counts }: Report): string[] {
  const head = COLUMNS.map((verdict) => verdict.replace("-", " ").padStart(16));
  const levels = LEVELS.filter((level) => COLUMNS.some((verdict) => counts[level][verdict] > 0));
  const rows = levels.map((level) => {
    const cells = COLUMNS.map((verdict) => String(counts[level][verdict]).padStart(16));
    return LEVEL_NAME[level].padEnd(8) + cells.join("");
  });
  return [`${"".padEnd(8)}${head.join("")}`, ...rows];
}

/** The wait that came closest to its limit. */
export function formatSlowest({ slowest }: Report): string {
  if (!slowest?.slowest) return "Slowest answer: the suite waited for none.";
  const { what, took, limit } = slowest.slowest;
  const times = `${seconds(took)} (limit ${seconds(limit)})`;
  return sanitizeForDisplay(
    `Slowest answer: ${what}, ${times}, in ${slowest.id}: ${slowest.title}`,
  );
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

const LOG_LINES = 12; // enough for an error and where it was thrown

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

/** The verdict and its reason. */
export function formatConclusion({ conclusion, sentence }: Report, paint: Paint): string {
  const word = paint(TINT[conclusion], `${SIGN[conclusion]} ${conclusion.toUpperCase()}`);
  return `${paint("bold", word)}: ${wrapText(sanitizeForDisplay(sentence), 2)}`;
}
