// The report of one judgement as an HTML document.

import { VERDICTS } from "./badges.ts";
import { details } from "./details.ts";
import { LEVEL_NAME, LEVELS } from "../model/finding.ts";
import { html, Markup } from "./markup.ts";
import { overview } from "./overview.ts";
import type { Report } from "../model/report.ts";
import { ROLES } from "../../../conformance/index.ts";
import { findRootCauses } from "../model/root-causes.ts";
import { sheet } from "./document.ts";
import { SIGN, slowestLine } from "../report/summary.ts";

/** `name` tells whose report it is, where there are many. */
export function formatPage(report: Report, name?: string): string {
  const title = `${name === undefined ? "" : `${name}: `}${report.conclusion}, conformance report`;
  return sheet(
    title,
    html`${masthead(report, name)}
      <main>${begin(report)} ${overview(report)} ${details(report)}</main>
      <footer>
        <p>
          Written by ftconform. Only a broken MUST makes a program not conformant; what does not
          apply counts for neither side.
        </p>
      </footer>`,
  );
}

function masthead(report: Report, name?: string): Markup {
  const { conclusion, sentence, request, when, seconds } = report;
  const facts = [
    ...ROLES.map((role) => [role, request[role]] as const),
    ["dialect", request.dialect] as const,
    ["only", request.only] as const,
    [
      "judged",
      `${when.toISOString().slice(0, 16).replace("T", " ")} UTC, in ${seconds} s`,
    ] as const,
  ].filter(([, value]) => value !== undefined);
  return html`<header class="masthead">
    <p class="kicker">
      Conformance report${name === undefined ? undefined : html` <strong>${name}</strong>`}
    </p>
    <h1 class="stamp ${conclusion.replaceAll(" ", "-")}">
      <span class="sign" aria-hidden="true">${SIGN[conclusion]}</span> ${conclusion}
    </h1>
    <p class="sentence">${sentence}</p>
    <dl class="facts">
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd><code>${value}</code></dd>
          </div>`,
      )}
    </dl>
    ${counts(report)}
    <p class="slowest">${slowestLine(report)}</p>
  </header>`;
}

function begin(report: Report): Markup | undefined {
  const first = findRootCauses(report);
  if (first.length === 0) return undefined;
  return html`<section class="begin" aria-labelledby="begin">
    <h2 id="begin">Begin here</h2>
    <ul>
      ${first.map((text) => html`<li>${text}</li>`)}
    </ul>
  </section>`;
}

function counts({ counts }: Report): Markup {
  const levels = LEVELS.filter((level) => Object.values(counts[level]).some((one) => one > 0));
  return html`<table class="counts">
    <caption>
      Rules by level
    </caption>
    <thead>
      <tr>
        <th scope="col">level</th>
        ${VERDICTS.map(({ sign, word, tint }) => html`<th scope="col" class="${tint}"><span aria-hidden="true">${sign}</span> ${word}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${levels.map(
        (level) =>
          html`<tr>
            <th scope="row">${LEVEL_NAME[level]}</th>
            ${VERDICTS.map(
              ({ verdict }) =>
                html`<td class="${counts[level][verdict] === 0 ? "zero" : ""}">
                  ${counts[level][verdict]}
                </td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
