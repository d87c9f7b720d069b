// The report on a terminal: what to fix first, a tree by step, the failures with their timelines, the counts.

import { formatFailure, type Result } from "../../../conformance/index.ts";
import { sanitizeForDisplay } from "../../../lib/text.ts";
import { type Finding, LEVEL_NAME, STEPS } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { findRootCauses } from "../model/root-causes.ts";
import { badgeOf, type Paint } from "./paint.ts";
import { formatConclusion, formatSummary } from "./summary.ts";
import { escapeLines, wrapText } from "./text.ts";

/** From this many rules on, those that were not tested for one reason share a line. */
const MANY = 2;
const VERDICT_WIDTH = 13;
/** Columns before a rule's text: its sign and verdict, its id, its level. */
const INDENT = 2 + 2 + VERDICT_WIDTH + 7 + 7;

export function formatTree(report: Report, paint: Paint): string {
  // A program that cannot be run at all is one sentence.
  const isTested = report.findings.some(({ verdict }) => verdict === "pass" || verdict === "fail");
  if (!isTested) return `${formatConclusion(report, paint)}\n`;
  const steps = Map.groupBy(report.findings, ({ step }) => step);
  const branches = [...steps].map(([step, found]) => formatStep(step, found, paint));
  const explained = [...formatRootCauses(report, paint), ...formatFailures(report, paint)];
  return `${[...branches, ...explained, formatSummary(report, paint)].join("\n\n")}\n`;
}

function formatStep(step: number, found: readonly Finding[], paint: Paint): string {
  const title = `${step <= 9 ? `Step ${step}  ` : ""}${STEPS[step]}`;
  const groups = [...Map.groupBy(found.filter(isUntested), untestedReason).values()];
  const shared = groups.filter(({ length }) => length >= MANY);
  const folded = new Set(shared.flat());
  const lines = found.filter((one) => !folded.has(one)).map((one) => formatRule(one, paint));
  const folds = shared.map((some) => formatFold(some, paint));
  return [paint("bold", title), ...lines, ...folds].join("\n");
}

/** Not applicable, or inconclusive because the program does not run or something else does not work: many rules may share the reason. */
function isUntested(one: Finding): boolean {
  if (one.verdict === "not-applicable") return true;
  return one.verdict === "inconclusive" && (basesOf(one).length > 0 || notesOn(one).length <= 1);
}

/** The rules that must hold before this one can be tested. */
const basesOf = ({ results }: Finding): string[] => [
  ...new Set(results.flatMap(({ dependsOn = [] }) => dependsOn)),
];

function untestedReason(one: Finding): string {
  const { verdict, results } = one;
  const { word } = badgeOf({ verdict, level: "MUST" });
  const bases = basesOf(one);
  if (verdict === "not-applicable" || bases.length === 0)
    return `${word}: ${results[0]?.reason ?? ""}`;
  return `${word}: cannot be tested until ${bases.join(", ")} ${bases.length === 1 ? "works" : "work"}`;
}

function formatRule(one: Finding, paint: Paint): string {
  const { sign, word, tint } = badgeOf(one);
  const verdict = word === "not applicable" ? "not appl." : word;
  const head = paint(tint, `${sign} ${verdict.padEnd(VERDICT_WIDTH)}`);
  const level = LEVEL_NAME[one.level].padEnd(7);
  const text = wrapText(sanitizeForDisplay(one.rule), INDENT);
  const notes = notesOn(one).map((note) => " ".repeat(INDENT) + wrapText(note, INDENT));
  const first = `  ${head}${one.id.padEnd(7)}${level}${text}`;
  return [first, ...notes.map((note) => paint("dim", note))].join("\n");
}

/** The reason of a verdict, what else was seen, and whether it took a second try. A failure says this further down. */
function notesOn({ verdict, results }: Finding): string[] {
  const reasons = results
    .filter((one) => one.verdict === verdict && one.reason)
    .map((one) => `${badgeOf(one).word}: ${one.reason}`);
  const remarks = results.flatMap((one) => (one.verdict === "fail" ? [] : (one.remarks ?? [])));
  const retried = results
    .filter((one) => one.retried && one.verdict === "pass")
    .map(({ title }) => `passed only when it was tried again on a fresh subject: ${title}`);
  return [...new Set([...reasons, ...foldRemarks(remarks), ...retried])].map(sanitizeForDisplay);
}

/** Remarks that differ only in numbers, such as ports, share a line. */
function foldRemarks(remarks: readonly string[]): string[] {
  const alike = Map.groupBy(new Set(remarks), (text) => text.replace(/\d+/g, "#"));
  return [...alike.values()].map(([first, ...others]) => {
    const more = others.length === 0 ? "" : ` (and ${others.length} more with other numbers)`;
    return `also seen: ${first}${more}`;
  });
}

function formatFold(some: readonly Finding[], paint: Paint): string {
  const [first] = some;
  if (!first) return "";
  const levels = Map.groupBy(some, ({ level }) => level);
  const ids = [...levels].map(
    ([level, each]) => `${LEVEL_NAME[level]} ${each.map(({ id }) => id).join(" ")}`,
  );
  const { sign, tint } = badgeOf(first);
  const text = `${sanitizeForDisplay(untestedReason(first))}: ${ids.join("; ")}`;
  return paint(tint, `  ${sign} ${wrapText(text, 4)}`);
}

function formatRootCauses(report: Report, paint: Paint): string[] {
  const lines = findRootCauses(report).map(
    (text, index) => `  ${index + 1}. ${wrapText(sanitizeForDisplay(text), 5)}`,
  );
  return lines.length > 0 ? [[paint("bold", "Begin here"), ...lines].join("\n")] : [];
}

function formatFailures({ findings }: Report, paint: Paint): string[] {
  const failed = findings.flatMap((one) => one.results).filter(({ verdict }) => verdict === "fail");
  if (failed.length === 0) return [];
  const groups = [...Map.groupBy(failed, faultOf).values()];
  return [paint("bold", "What failed"), ...groups.map((some) => formatGroup(some, paint))];
}

/** Cases of one rule that differ only in numbers are explained once. */
const faultOf = ({ id, expected, observed = "" }: Result): string =>
  [id, expected, observed.replace(/\d+/g, "#")].join("\n");

function formatGroup([one, ...others]: readonly Result[], paint: Paint): string {
  if (!one) return "";
  const { sign, word, tint } = badgeOf(one);
  const [first = "", ...rest] = formatFailureText(one).split("\n");
  const also = others.map(({ title }) => `also:      ${escapeLines(title)}`);
  const head = `${paint(tint, `${sign} ${word}`)}  ${paint("bold", first)}`;
  return [head, ...rest, ...also].join("\n");
}

/** The text of a failure: here, in JUnit and in JSON. */
export const formatFailureText = (one: Result): string => escapeLines(formatFailure(one));
