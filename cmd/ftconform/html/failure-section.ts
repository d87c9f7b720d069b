// One rule that fails, with each case that shows it: what was expected and observed, the diagram, and how to run it again.

import type { Moment, Result } from "../../../conformance/index.ts";
import { type Finding, LEVEL_NAME } from "../model/finding.ts";
import { failureAnchor, formatRule, formatVerdict } from "./rule.ts";
import { html, type Markup } from "./markup.ts";
import { formatSequenceDiagram } from "./sequence-diagram.ts";

/** Rows of a timeline table: more would make the page too long to read. */
const MAX_ROWS = 200;

export function formatFailureSection({ id, level, rule, verdict, results }: Finding): Markup {
  const failures = results.filter((result) => result.verdict === "fail");
  return html`<article id="${failureAnchor(id)}">
    <h3>${formatVerdict({ verdict, level })} ${id} <small>${LEVEL_NAME[level]}</small></h3>
    <p class="sentence">${formatRule(rule)}</p>
    ${failures.map(formatCase)}
  </article>`;
}

function formatCase(result: Result): Markup {
  const { role, title, expected, observed, hint, crash, remarks = [], again, retried } = result;
  const twice = retried ? html` <small>(tried twice, same result)</small>` : undefined;
  const facts: [string, string | Markup | undefined][] = [
    ["case", `${title} (${role})`],
    ["expected", expected],
    ["observed", html`<strong>${observed}</strong>${twice}`],
    ["crash", crash?.words],
    ...remarks.map((remark): [string, string] => ["also seen", remark]),
    ["hint", hint],
    ["run again", html`<code class="command">${again}</code>`],
  ];
  return html`<dl>
      ${facts.map(([name, value]) =>
        value === undefined
          ? undefined
          : html`<dt>${name}</dt>
              <dd>${value}</dd>`,
      )}
    </dl>
    ${formatSequenceDiagram(result)} ${formatTimeline(result)}`;
}

/** Every moment with its whole text: the diagram leaves out some, and shortens others. */
function formatTimeline({ timeline, role, decisive }: Result): Markup {
  const left = timeline.length - MAX_ROWS;
  const rows = timeline.slice(0, MAX_ROWS);
  return html`<details>
    <summary>The whole timeline: ${timeline.length} events</summary>
    <table class="timeline">
      <thead>
        <tr>
          ${["ms", "where", "who", "what"].map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((moment, index) => formatMoment(moment, role, index === decisive))}
      </tbody>
    </table>
    ${left > 0 ? html`<p class="remark">${left} more events are in the JSON report.</p>` : undefined}
  </details>`;
}

function formatMoment(moment: Moment, role: Result["role"], isDecisive: boolean): Markup {
  const { at, track, actor, kind, text, bytes } = moment;
  const size = bytes === undefined ? "" : ` ${bytes} B`;
  return html`<tr class="${isDecisive ? "decisive" : ""}">
    <td>${at.toFixed(1)}</td>
    <td>${track}</td>
    <td>${actor === "subject" ? role : "the suite"}</td>
    <td>${isDecisive ? "✗ " : ""}<code>${kind}${size} ${text}</code></td>
  </tr>`;
}
