// The report of one run as an HTML page: the conclusion, what to fix first, the failures, and every rule by step.

import { ROLES, type Verdict } from "../../../conformance/index.ts";
import { LEVEL_NAME, LEVELS } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { findRootCauses } from "../model/root-causes.ts";
import { SIGN, formatSlowest, TINT, NO_SANDBOX } from "../report/summary.ts";
import { formatVerdict } from "./rule.ts";
import { formatDocument } from "./document.ts";
import { formatFailureSection } from "./failure-section.ts";
import { html, type Markup } from "./markup.ts";
import { formatSteps } from "./steps.ts";

/** `name` says whose report it is, if there are many. */
export function formatPage(report: Report, name?: string): string {
  const title = `${name === undefined ? "" : `${name}: `}${report.conclusion}, conformance report`;
  const body = html`${formatHeader(report, name)}
    <main>
      ${formatRootCauses(report)} ${formatFailures(report)} ${formatSteps(report.findings)}
    </main>
    <footer>Written by ftconform. A rule that is not applicable does not count.</footer>`;
  return formatDocument(title, body);
}

/** For a student who reads such a page for the first time. */
const LEGEND = html`<dl>
  <dt>P</dt>
  <dd>the control connection: the client opens it, and sends its command there</dd>
  <dt>Q</dt>
  <dd>the data connection: the server opens it, and sends the listing or the file there</dd>
  <dt>MUST</dt>
  <dd>the assignment demands it: only a MUST that fails makes a program not conformant</dd>
  <dt>SHOULD</dt>
  <dd>good advice, which decides nothing</dd>
</dl>`;

function formatHeader(report: Report, name?: string): Markup {
  const { conclusion, sentence } = report;
  return html`<header>
    <p>Conformance report${name === undefined ? undefined : html` <strong>${name}</strong>`}</p>
    <h1 class="${TINT[conclusion]}">
      <span aria-hidden="true">${SIGN[conclusion]}</span> ${conclusion}
    </h1>
    <p class="sentence">${sentence}</p>
    ${LEGEND} ${formatRunFacts(report)} ${formatCounts(report)}
    <p class="remark">${formatSlowest(report)}</p>
  </header>`;
}

function formatRunFacts({ request, when, seconds, sandbox }: Report): Markup {
  const date = `${when.toISOString().slice(0, 16).replace("T", " ")} UTC, in ${seconds} s`;
  const facts = [
    ...ROLES.map((role) => [role, request[role]]),
    ["dialect", request.dialect],
    ["only", request.only],
    ["sandbox", sandbox === "none" ? NO_SANDBOX : sandbox],
    ["tested", date],
  ].filter(([, value]) => value !== undefined);
  return html`<dl>
    ${facts.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd><code>${value}</code></dd>`,
    )}
  </dl>`;
}

function formatCounts({ counts }: Report): Markup {
  const verdicts = Object.keys(counts.MUST) as Verdict[];
  const levels = LEVELS.filter((level) => Object.values(counts[level]).some((count) => count > 0));
  return html`<table>
    <caption>
      Rules by level
    </caption>
    <thead>
      <tr>
        <th scope="col">level</th>
        ${verdicts.map((verdict) => html`<th scope="col">${formatVerdict({ verdict })}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${levels.map(
        (level) =>
          html`<tr>
            <th scope="row">${LEVEL_NAME[level]}</th>
            ${verdicts.map((verdict) => html`<td>${counts[level][verdict]}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function formatRootCauses(report: Report): Markup | undefined {
  const causes = findRootCauses(report);
  if (causes.length === 0) return undefined;
  return html`<section>
    <h2>Begin here</h2>
    <ol>
      ${causes.map((cause) => html`<li>${cause}</li>`)}
    </ol>
  </section>`;
}

/** A MUST comes before a SHOULD. */
function formatFailures({ findings }: Report): Markup | undefined {
  const failing = findings.filter(({ verdict }) => verdict === "fail");
  if (failing.length === 0) return undefined;
  const sorted = LEVELS.flatMap((level) => failing.filter((finding) => finding.level === level));
  return html`<section>
    <h2>Rules that fail</h2>
    <p class="remark">
      The diagrams show the control connection P and the data connection Q. Times are in
      milliseconds. ✗ marks the event that breaks the rule, or the time in which nothing came.
    </p>
    ${sorted.map(formatFailureSection)}
  </section>`;
}
