// What GitHub shows of a run: a summary of the job in Markdown, and an annotation for each rule that fails.

import { sanitizeForDisplay } from "../../../lib/text.ts";
import { SIGN } from "../report/summary.ts";
import type { Grade } from "./grades.ts";

/** What GitHub takes of a summary is 1 MiB: reasons are shortened to this many characters. */
const REASON = 300;

/** A table of submissions, for the file that $GITHUB_STEP_SUMMARY names. */
export function formatClassSummary(grades: readonly Grade[]): string {
  const rows = grades.map(({ submission, conclusion, score, sentence, isUnfinished }) =>
    formatRow([
      submission.name,
      `${SIGN[conclusion]} ${conclusion}`,
      isUnfinished ? "-" : `${score.earned} of ${score.max}`,
      sentence.slice(0, REASON),
    ]),
  );
  return [
    "## Conformance of the class",
    "",
    ...TABLE("name", "verdict", "points", "reason"),
    ...rows,
    "",
  ].join("\n");
}

/** One submission, item by item. */
export function formatSummary({ submission, conclusion, score, sentence }: Grade): string {
  const rows = score.items.map(({ item, earned, rules }) => {
    const bad = rules.filter(({ verdict }) => verdict !== "pass");
    const ids = bad.map(({ id, verdict }) => `${id} ${verdict.replace("-", " ")}`);
    return formatRow([item.name, `${earned} of ${item.points}`, ids.join(", ")]);
  });
  const title = `## ${escapeMarkdown(submission.name)}: ${SIGN[conclusion]} ${conclusion}, ${score.earned} of ${score.max} points`;
  return [
    title,
    "",
    escapeMarkdown(sentence),
    "",
    ...TABLE("item", "points", "rules that do not pass"),
    ...rows,
    "",
  ].join("\n");
}

/** Commands of a workflow, a line each: a MUST that fails is an error, a SHOULD a warning. */
export function formatAnnotations(grades: readonly Grade[]): string {
  return grades
    .flatMap(annotate)
    .map((line) => `${line}\n`)
    .join("");
}

function annotate({ submission, sentence, report, conclusion }: Grade): string[] {
  const failing =
    report?.findings.filter(
      ({ verdict, level }) => verdict === "fail" && (level === "MUST" || level === "SHOULD"),
    ) ?? [];
  const lines = failing.map(({ id, level, rule, results }) => {
    const failed = results.find(({ verdict }) => verdict === "fail");
    const text = `${rule} Observed: ${failed?.observed ?? ""}`;
    return formatCommand(
      level === "MUST" ? "error" : "warning",
      `${submission.name} ${id} ${level}`,
      text,
    );
  });
  if (conclusion !== "inconclusive") return lines;
  return [formatCommand("error", `${submission.name} inconclusive`, sentence), ...lines];
}

/** `%`, line ends, and in a property `:` and `,` too, are escaped as the runner's toolkit does it. */
function formatCommand(kind: "error" | "warning", title: string, text: string): string {
  const escape = (value: string): string => sanitizeForDisplay(value).replaceAll("%", "%25");
  const property = escape(title).replaceAll(":", "%3A").replaceAll(",", "%2C");
  return `::${kind} title=${property}::${escape(text)}`;
}

const TABLE = (...titles: string[]): string[] => [
  formatRow(titles),
  formatRow(titles.map(() => "---")),
];
const formatRow = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => (cell === "---" ? cell : escapeMarkdown(cell))).join(" | ")} |`;

/** Text from a submission as text: no markup, no link, no mention of a person. */
const escapeMarkdown = (text: string): string =>
  sanitizeForDisplay(text).replace(
    /[&<>\\`*_[\]|~#@!\uFFFE\uFFFF]/g,
    (one) => `&#${one.charCodeAt(0) > 0xff ? 0xfffd : one.charCodeAt(0)};`,
  );
