// The overview of a class as one HTML page: each submission with its verdict, its counts, and a link to its report.

import { html, Markup } from "../html/markup.ts";
import type { Grade } from "./grades.ts";
import type { Conclusion } from "../model/report.ts";
import { sheet } from "../html/document.ts";
import { SIGN } from "../report/summary.ts";

const CONCLUSIONS: readonly Conclusion[] = ["conformant", "not conformant", "inconclusive"];
/** The colours that the reports have for them. */
const TINTS = { conformant: "good", "not conformant": "bad", inconclusive: "odd" } as const;

export function formatClassPage(marks: readonly Grade[]): string {
  const all = CONCLUSIONS.map((conclusion) => [conclusion, of(marks, conclusion)] as const);
  const sums = all.filter(([, number]) => number > 0).map(([what, number]) => `${number} ${what}`);
  return sheet(
    "Conformance reports of a class",
    html`<header class="masthead">
        <p class="kicker">Conformance reports of a class</p>
        <p class="sentence">
          ${sums.join(", ")}; the same as a table is <a href="marks.csv">marks.csv</a>.
        </p>
      </header>
      <main>
        <section>
          <table class="rules">
            <thead>
              <tr>
                ${["verdict", "name", "MUST met", "reason"].map((head) => html`<th scope="col">${head}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${marks.map(row)}
            </tbody>
          </table>
        </section>
      </main>`,
  );
}

const of = (marks: readonly Grade[], wanted: Conclusion): number =>
  marks.filter(({ conclusion }) => conclusion === wanted).length;

function row({ submission, conclusion, sentence, report }: Grade): Markup {
  const { name, file } = submission;
  const { pass, fail, inconclusive: open } = report?.counts.MUST ?? {};
  const share = report ? `${pass} of ${(pass ?? 0) + (fail ?? 0) + (open ?? 0)}` : "–";
  const title = report ? html`<a href="${encodeURIComponent(file)}.html">${name}</a>` : name;
  return html`<tr>
    <td class="verdict">
      <span class="badge ${TINTS[conclusion]}">${SIGN[conclusion]} ${conclusion}</span>
    </td>
    <th scope="row">${title}</th>
    <td class="level">${share}</td>
    <td>${sentence}</td>
  </tr>`;
}
