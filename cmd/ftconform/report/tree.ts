// The report as a person reads it in a terminal: a tree by step, the failures with their timelines, the counts.

import { formatFailure } from "../../../conformance/index.ts";
import type { Result } from "../../../conformance/index.ts";
import { sanitizeForDisplay } from "../../../lib/text.ts";
import { type Finding, LEVEL_NAME, STEPS } from "../model/finding.ts";
import { badge, type Paint } from "./paint.ts";
import type { Report } from "../model/report.ts";
import { findRootCauses } from "../model/root-causes.ts";
import { formatSummary } from "./summary.ts";
import { inert, wrapped } from "./text.ts";

/** Not applicable for one reason: from this many on they share a line, since nobody reads forty like lines. */
const MANY = 2;
/** Columns before a rule's text: its sign and verdict, its id, its level. */
const INDENT = 2 + 2 + 13 + 7 + 7;

export function formatTree(report: Report, paint: Paint): string {
  const steps = Map.groupBy(report.findings, ({ step }) => step);
  const parts = [...steps].map(([step, found]) => branch(step, found, paint));
  const told = [...first(report, paint), ...failures(report, paint)];
  return `${[...parts, ...told, formatSummary(report, paint)].join("\n\n")}\n`;
}

function branch(step: number, found: readonly Finding[], paint: Paint): string {
  const title = `${step <= 9 ? `Step ${step}  ` : ""}${STEPS[step]}`;
  const idle = found.filter(({ verdict }) => verdict === "not-applicable");
  const shared = [...Map.groupBy(idle, reasonOf)].filter(([, some]) => some.length >= MANY);
  const folded = new Set(shared.flatMap(([, some]) => some));
  const lines = found.filter((one) => !folded.has(one)).map((one) => leaf(one, paint));
  const folds = shared.map(([reason, some]) => fold(reason, some, paint));
  return [paint("bold", title), ...lines, ...folds].join("\n");
}

const reasonOf = ({ results }: Finding): string => results[0]?.reason ?? "";

function leaf(one: Finding, paint: Paint): string {
  const { sign, word, tint } = badge(one);
  const verdict = word === "not applicable" ? "not appl." : word;
  const head = paint(tint, `${sign} ${verdict.padEnd(13)}`);
  const level = LEVEL_NAME[one.level].padEnd(7);
  const first = `  ${head}${one.id.padEnd(7)}${level}${wrapped(sanitizeForDisplay(one.rule), INDENT)}`;
  const remarks = remarksOn(one).map((text) => " ".repeat(INDENT) + wrapped(text, INDENT));
  return [first, ...remarks.map((text) => paint("dim", text))].join("\n");
}

/** What a reader must know beside the verdict: why there is none, what nothing explains, that it took a second try. */
function remarksOn({ verdict, results }: Finding): string[] {
  const open = results.filter((one) => one.verdict === verdict && one.reason);
  const reasons = new Set(
    open.map((one) => `${badge(one).word}: ${sanitizeForDisplay(one.reason ?? "")}`),
  );
  // A failure tells its own further down.
  const beside = results
    .filter((one) => one.verdict !== "fail")
    .flatMap((one) => one.remarks ?? []);
  const again = results.filter((one) => one.retried && one.verdict === "pass");
  return [
    ...reasons,
    ...new Set(beside.map((text) => `beside: ${sanitizeForDisplay(text)}`)),
    ...again.map(
      (one) => `retried: held only on a second, fresh subject (${sanitizeForDisplay(one.title)})`,
    ),
  ];
}

function fold(reason: string, some: readonly Finding[], paint: Paint): string {
  const levels = Map.groupBy(some, ({ level }) => level);
  const ids = [...levels].map(
    ([level, each]) => `${LEVEL_NAME[level]} ${each.map(({ id }) => id).join(" ")}`,
  );
  const text = `not applicable: ${sanitizeForDisplay(reason)}: ${ids.join("; ")}`;
  return paint("dim", `  – ${wrapped(text, 4)}`);
}

function first(report: Report, paint: Paint): string[] {
  const lines = findRootCauses(report).map((text) => `  ${wrapped(sanitizeForDisplay(text), 2)}`);
  return lines.length > 0 ? [[paint("bold", "Begin here"), ...lines].join("\n")] : [];
}

function failures({ findings }: Report, paint: Paint): string[] {
  const results = findings.flatMap((one) => one.results);
  const broken = results.filter(({ verdict }) => verdict === "fail");
  if (broken.length === 0) return [];
  const alike = [...Map.groupBy(broken, sameFault).values()];
  return [paint("bold", "What failed"), ...alike.map((some) => explained(some, paint))];
}

/** One rule broken in one way, but for numbers: told once, with the other cases named. */
const sameFault = ({ id, expected, observed = "" }: Result): string =>
  [id, expected, observed.replace(/\d+/g, "#")].join("\n");

function explained([one, ...others]: readonly Result[], paint: Paint): string {
  if (!one) return "";
  const { sign, word, tint } = badge(one);
  const [first = "", ...rest] = formatFailureText(one).split("\n");
  const also = others.map(({ title }) => `also:     ${inert(title)}`);
  return [`${paint(tint, `${sign} ${word}`)}  ${paint("bold", first)}`, ...rest, ...also].join(
    "\n",
  );
}

/** The one text of a failure: here, in JUnit and in JSON. */
export const formatFailureText = (one: Result): string => inert(formatFailure(one));
