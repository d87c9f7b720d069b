// The score of a submission in the format that Gradescope reads as results/results.json.

import { sanitizeForDisplay } from "../../../lib/text.ts";
import { requirement } from "../../../conformance/index.ts";
import type { Grade } from "./grades.ts";
import type { ItemScore } from "./points.ts";

/** Characters of a text: a page with more is of no use to a student. */
const LONGEST = 20_000;

export function formatGradescope(grade: Grade): string {
  const { sentence, score, report, buildLog } = grade;
  const output = [
    sanitizeForDisplay(sentence),
    ...(buildLog ? ["The build printed:", clean(buildLog)] : []),
  ];
  return `${JSON.stringify(
    {
      ...(report && { execution_time: Math.round(report.seconds) }),
      output: shortenText(output.join("\n")),
      output_format: "text",
      tests: score.items.map((item, index) => formatTest(item, index, grade)),
    },
    null,
    2,
  )}\n`;
}

function formatTest({ item, earned, rules }: ItemScore, index: number, grade: Grade): object {
  const lines = rules.map(({ id, verdict }) => {
    const about = verdict === "pass" ? "" : explain(grade, id);
    return `${verdict.replace("-", " ")}: ${id} ${requirement(id).rule}${about}`;
  });
  return {
    ...{ name: item.name, name_format: "text", number: String(index + 1) },
    ...{ score: earned, max_score: item.points },
    status: earned >= item.points && rules.length > 0 ? "passed" : "failed",
    output: shortenText(lines.join("\n") || "No rule of this item could be tested."),
    output_format: "text",
    visibility: item.visibility,
  };
}

/** What was expected and observed, or why there is no verdict. */
function explain({ report }: Grade, id: string): string {
  const finding = report?.findings.find((one) => one.id === id);
  const result = finding?.results.find(({ verdict }) => verdict === finding.verdict);
  if (!result) return "";
  const { expected, observed, hint, reason } = result;
  const facts = [
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(observed === undefined ? [] : [`observed: ${observed}`]),
    ...(reason === undefined ? [] : [`reason: ${reason}`]),
    ...(finding?.verdict === "fail" && hint ? [`hint: ${hint}`] : []),
  ];
  return facts.map((fact) => `\n    ${clean(fact)}`).join("");
}

const clean = (text: string): string => text.split("\n").map(sanitizeForDisplay).join("\n");

const shortenText = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST).replace(/\p{Cs}$/u, "")}\n(shortened)` : text;
