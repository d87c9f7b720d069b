// The overview of a class as one HTML page: each submission with its conclusion, its MUST rules, and a link to its report.

import { formatDocument } from "../html/document.ts";
import { html, type Markup } from "../html/markup.ts";
import { type Conclusion, STATUS } from "../model/report.ts";
import { SIGN, TINT } from "../report/summary.ts";
import type { Grade } from "./grades.ts";

export function formatClassPage(grades: readonly Grade[]): string {
  return formatDocument(
    "Conformance reports of a class",
    html`<header>
        <h1>Conformance reports of a class</h1>
        <p class="sentence">
          ${countConclusions(grades)}. The same table for a spreadsheet is
          <a href="marks.csv">marks.csv</a>.
        </p>
      </header>
      <main>
        <section>
          <table>
            <thead>
              <tr>
                ${["verdict", "name", "MUST pass", "reason"].map((head) => html`<th scope="col">${head}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${grades.map(formatRow)}
            </tbody>
          </table>
        </section>
      </main>`,
  );
}

/** For example `12 conformant, 3 inconclusive`. */
function countConclusions(grades: readonly Grade[]): string {
  const groups = Map.groupBy(grades, ({ conclusion }) => conclusion);
  const present = (Object.keys(STATUS) as Conclusion[]).filter((each) => groups.has(each));
  return present.map((each) => `${groups.get(each)?.length} ${each}`).join(", ");
}

function formatRow({ submission, conclusion, sentence, report }: Grade): Markup {
  const { name, file } = submission;
  const title = report ? html`<a href="${encodeURIComponent(file)}.html">${name}</a>` : name;
  return html`<tr>
    <td><span class="${TINT[conclusion]}">${SIGN[conclusion]} ${conclusion}</span></td>
    <th scope="row" class="name">${title}</th>
    <td>${report ? formatShare(report.counts.MUST) : "–"}</td>
    <td>${sentence}</td>
  </tr>`;
}

type MustCounts = NonNullable<Grade["report"]>["counts"]["MUST"];

const formatShare = ({ pass, fail, inconclusive }: MustCounts): string =>
  `${pass} of ${pass + fail + inconclusive}`;
