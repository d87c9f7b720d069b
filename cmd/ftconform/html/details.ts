// Step by step: each rule in full with its verdict, then each failure with its diagram.

import type { Result } from "../../../conformance/index.ts";
import { anchor, stamp } from "./badges.ts";
import { type Finding, LEVEL_NAME, STEPS } from "../model/finding.ts";
import { html, type Markup } from "./markup.ts";
import type { Report } from "../model/report.ts";
import { story } from "./failure-section.ts";

export function details({ findings }: Report): Markup {
  const steps = Map.groupBy(findings, ({ step }) => step);
  return html`${[...steps].map(([step, found]) => section(step, found))}`;
}

function section(step: number, found: readonly Finding[]): Markup {
  const results = found.flatMap((one) => one.results);
  const failures = results.filter(({ verdict }) => verdict === "fail");
  const [idle, judged] = [found.filter(isIdle), found.filter((one) => !isIdle(one))];
  const name = step <= 9 ? html`<span class="number">${step}</span> ` : undefined;
  return html`<section class="step" aria-labelledby="step-${step}">
    <h2 id="step-${step}">${name}${STEPS[step]}</h2>
    ${judged.length > 0 ? table(judged, "Rules that were judged") : undefined}
    ${idle.length > 0 ? folded(idle) : undefined}
    ${failures.map((one, at) => story(one, `step${step}-${at}`))}
  </section>`;
}

const isIdle = ({ verdict }: Finding): boolean => verdict === "not-applicable";

/** What does not apply is there for who looks for it, and in nobody's way. */
function folded(idle: readonly Finding[]): Markup {
  const what = idle.length === 1 ? "1 rule does" : `${idle.length} rules do`;
  return html`<details class="idle-rules">
    <summary>– ${what} not apply</summary>
    ${table(idle, "Rules that do not apply")}
  </details>`;
}

function table(found: readonly Finding[], caption: string): Markup {
  return html`<table class="rules" role="table">
    <caption class="hidden">
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${["verdict", "id", "level", "rule"].map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${found.map(row)}
    </tbody>
  </table>`;
}

/** A rule's text as PROTOCOL.md has it: what stands between backticks is code. */
function prose(rule: string): Markup {
  return html`${rule.split("`").map((part, at) => (at % 2 ? html`<code>${part}</code>` : html`${part}`))}`;
}

function row(one: Finding): Markup {
  const { id, level, rule } = one;
  return html`<tr role="row" id="${anchor(id)}" class="${one.verdict}">
    <td role="cell" class="verdict">${stamp(one)}</td>
    <th role="rowheader" scope="row">${id}</th>
    <td role="cell" class="level">${LEVEL_NAME[level]}</td>
    <td role="cell" class="rule">${prose(rule)}${remarks(one)}</td>
  </tr>`;
}

function remarks({ results, verdict }: Finding): Markup {
  const reasons = new Set(
    results.flatMap((one) => (one.verdict === verdict && one.reason ? [one.reason] : [])),
  );
  const why = [...reasons].map((reason) => html`<p class="reason">${reason}</p>`);
  const again = results.filter((one) => one.retried && one.verdict === "pass");
  const slow = slowest(results);
  // A failure tells its own in its story.
  const seen = results.filter((one) => one.verdict !== "fail").flatMap((one) => one.remarks ?? []);
  const beside = [...new Set(seen)].map((text) => html`<p class="reason">beside: ${text}</p>`);
  return html`${why}${beside}${again.map(
    (one) =>
      html`<p class="retried">↻ retried: held only on a second, fresh subject (${one.title})</p>`,
  )}${slow}`;
}

/** Worth a word where a good part of the limit was used up. */
const NOTABLE = 0.5;

function slowest(results: readonly Result[]): Markup | undefined {
  const slow = results.flatMap((one) => one.slowest ?? []).sort((a, b) => b.took - a.took)[0];
  if (!slow || slow.took < slow.limit * NOTABLE) return undefined;
  return html`<p class="reason">slow: ${slow.what} took ${slow.took} of ${slow.limit} ms</p>`;
}
