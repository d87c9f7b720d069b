// The overview of a class as one HTML page: each submission, the rules that most of them fail, and how points and times are spread.

import { requirement } from "../../../conformance/index.ts";
import { formatDocument } from "../html/document.ts";
import { html, type Markup } from "../html/markup.ts";
import { formatRule, ruleAnchor } from "../html/rule.ts";
import { type Conclusion, STATUS } from "../model/report.ts";
import { SIGN, TINT } from "../report/summary.ts";
import { countRules, findMissing } from "./class-file.ts";
import { NO_SANDBOX } from "../report/summary.ts";
import { type Grade, verdictOf } from "./grades.ts";

/** Ranges of points in the table of their spread. */
const RANGES = 10;
/** Submissions that are named beside a rule: the marks have them all. */
const MOST_NAMED = 8;

export function formatClassPage(grades: readonly Grade[]): string {
  const missing = findMissing(grades);
  return formatDocument(
    "Conformance reports of a class",
    html`<header>
        <h1>Conformance reports of a class</h1>
        <p class="sentence">
          ${countConclusions(grades)}. The same table for a spreadsheet is
          <a href="marks.csv">marks.csv</a>, and for programs <a href="class.json">class.json</a>.
        </p>
        ${grades.some(({ report }) => report?.sandbox === "none") ? html`<p class="sentence bad">${NO_SANDBOX}</p>` : undefined}
        ${missing.length > 0 ? html`<p class="sentence bad">${missing.length} of ${grades[0]?.of} submissions are not here: their shard is missing.</p>` : undefined}
      </header>
      <main>
        <section>
          ${formatTable(["verdict", "name", "points", "MUST pass", "seconds", "reason"], grades.map(formatRow))}
        </section>
        ${formatFailing(grades)} ${formatSpread(grades)}
      </main>`,
  );
}

function formatTable(heads: readonly string[], rows: readonly Markup[]): Markup {
  return html`<table>
    <thead>
      <tr>
        ${heads.map((head) => html`<th scope="col">${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** For example `12 conformant, 3 inconclusive`. */
function countConclusions(grades: readonly Grade[]): string {
  const groups = Map.groupBy(grades, ({ conclusion }) => conclusion);
  const present = (Object.keys(STATUS) as Conclusion[]).filter((each) => groups.has(each));
  return present.map((each) => `${groups.get(each)?.length} ${each}`).join(", ");
}

function formatRow(grade: Grade): Markup {
  const { submission, conclusion, sentence, report, score, isUnfinished } = grade;
  return html`<tr>
    <td><span class="${TINT[conclusion]}">${SIGN[conclusion]} ${conclusion}</span></td>
    <th scope="row" class="name">${report ? linkTo(grade) : submission.name}</th>
    <td>${isUnfinished ? "–" : `${score.earned} of ${score.max}`}</td>
    <td>${report ? formatShare(report.counts.MUST) : "–"}</td>
    <td>${report?.seconds ?? "–"}</td>
    <td>${sentence}</td>
  </tr>`;
}

function linkTo({ submission: { file, name } }: Grade, id?: string): Markup {
  const anchor = id === undefined ? "" : `#${ruleAnchor(id)}`;
  return html`<a href="${encodeURIComponent(file)}.html${anchor}">${name}</a>`;
}

type MustCounts = NonNullable<Grade["report"]>["counts"]["MUST"];

const formatShare = ({ pass, fail, inconclusive }: MustCounts): string =>
  `${pass} of ${pass + fail + inconclusive}`;

function formatFailing(grades: readonly Grade[]): Markup | undefined {
  const failing = countRules(grades).filter(({ fail }) => fail > 0);
  if (failing.length === 0) return undefined;
  const rows = failing.map(({ id, fail, inconclusive }) => {
    const some = grades.filter((grade) => verdictOf(grade, id) === "fail");
    const links = some.slice(0, MOST_NAMED).map((grade) => html`${linkTo(grade, id)} `);
    const more = some.length - links.length;
    return html`<tr id="${ruleAnchor(id)}">
      <td>${fail}</td>
      <td>${inconclusive}</td>
      <th scope="row">${id} <small>${requirement(id).level}</small></th>
      <td>
        ${formatRule(requirement(id).rule)}
        <p class="remark">${links}${more > 0 ? `and ${more} more` : ""}</p>
      </td>
    </tr>`;
  });
  return html`<section>
    <h2>Rules that most submissions fail</h2>
    ${formatTable(["fail", "inconclusive", "rule", "text and who fails"], rows)}
  </section>`;
}

function formatSpread(grades: readonly Grade[]): Markup | undefined {
  const scored = grades.filter(({ isUnfinished }) => !isUnfinished);
  if (scored.length === 0) return undefined;
  const shares = scored.map(({ score }) => (score.max > 0 ? score.earned / score.max : 0));
  const ranges = Map.groupBy(shares, (share) => Math.min(RANGES - 1, Math.floor(share * RANGES)));
  const rows = Array.from({ length: RANGES }, (_, index) => RANGES - 1 - index).map((range) => {
    const count = ranges.get(range)?.length ?? 0;
    const bounds = `${(range * 100) / RANGES} to ${((range + 1) * 100) / RANGES} %`;
    return html`<tr>
      <th scope="row">${bounds}</th>
      <td>${count}</td>
      <td><meter min="0" max="${scored.length}" value="${count}"></meter></td>
    </tr>`;
  });
  const times = grades.flatMap(({ report }) => report?.seconds ?? []);
  return html`<section>
    <h2>Points and time</h2>
    <p>
      Points: ${describe(scored.map(({ score }) => score.earned))}. Seconds of a submission:
      ${describe(times)}.
    </p>
    ${formatTable(["share of the points", "submissions", ""], rows)}
  </section>`;
}

/** For example `3 to 98, half of them at most 71, 60.5 on average`. */
function describe(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [least] = sorted;
  if (least === undefined) return "none";
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  const mean = sorted.reduce((sum, one) => sum + one, 0) / sorted.length;
  return `${least} to ${sorted.at(-1)}, half of them at most ${middle}, ${Math.round(mean * 10) / 10} on average`;
}
