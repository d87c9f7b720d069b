// The nine steps: how many rules of each step pass and fail, and every rule with its verdict.

import type { Result, Verdict } from "../../../conformance/index.ts";
import { BEYOND, type Finding, LEVEL_NAME, STEPS } from "../model/finding.ts";
import { failureAnchor, formatRule, formatVerdict, ruleAnchor } from "./rule.ts";
import { html, type Markup } from "./markup.ts";

/** A wait that took this part of its limit or more is worth a remark. */
const SLOW = 0.5;
/** The order of the rules of a step: those that need a look come first. */
const GRAVITY: readonly Verdict[] = ["fail", "inconclusive", "pass", "not-applicable"];
const compareGravity = (a: Finding, b: Finding): number =>
  GRAVITY.indexOf(a.verdict) - GRAVITY.indexOf(b.verdict);

export function formatSteps(findings: readonly Finding[]): Markup {
  const steps = Object.keys(STEPS).map((step) =>
    formatStep(
      Number(step),
      findings.filter((finding) => finding.step === Number(step)),
    ),
  );
  return html`<section>
    <h2>All rules, step by step</h2>
    ${steps}
  </section>`;
}

function formatStep(step: number, findings: readonly Finding[]): Markup | undefined {
  const title = html`<h3>${step === BEYOND ? "+" : step}. ${STEPS[step]}</h3>`;
  if (findings.length === 0)
    return step === BEYOND
      ? undefined
      : html`<div class="step">${title} <span class="remark">not selected</span></div>`;
  const isOpen = findings.some(({ verdict }) => verdict === "fail" || verdict === "inconclusive");
  const sorted = findings.toSorted(compareGravity);
  return html`<details class="step" ${isOpen ? "open" : ""}>
    <summary>${title} ${countVerdicts(sorted)}</summary>
    <table class="rules">
      <thead>
        <tr>
          <th scope="col">verdict</th>
          <th scope="col">rule</th>
          <th scope="col"><span class="hidden">text</span></th>
        </tr>
      </thead>
      <tbody>
        ${sorted.map(formatRow)}
      </tbody>
    </table>
  </details>`;
}

/** How many rules have each verdict. A MUST that fails and a SHOULD that fails are counted apart. */
function countVerdicts(findings: readonly Finding[]): Markup[] {
  const groups = Map.groupBy(findings, ({ verdict, level }) =>
    verdict === "fail" && level !== "MUST" ? "minor" : verdict,
  );
  return [...groups.values()].map((group) => formatVerdict({ ...group[0]!, count: group.length }));
}

function formatRow(finding: Finding): Markup {
  const { id, level, rule, verdict } = finding;
  const badge = formatVerdict({ verdict, level });
  return html`<tr id="${ruleAnchor(id)}">
    <td>${verdict === "fail" ? html`<a href="#${failureAnchor(id)}">${badge}</a>` : badge}</td>
    <th scope="row">${id} <small>${LEVEL_NAME[level]}</small></th>
    <td>
      ${formatRule(rule)}${remarksOn(finding).map((text) => html`<p class="remark">${text}</p>`)}
    </td>
  </tr>`;
}

/** What a reader must know besides the verdict. A failure tells its own in its section. */
function remarksOn({ results, verdict }: Finding): (string | Markup)[] {
  const reasons = results.filter((one) => one.verdict === verdict).map(({ reason }) => reason);
  const others = results.filter((one) => one.verdict !== "fail");
  const seen = others.flatMap(({ remarks }) => remarks ?? []);
  const retried = results.filter((one) => one.retried && one.verdict === "pass");
  return [
    ...new Set(reasons.filter((reason) => reason !== undefined)),
    ...[...new Set(results.flatMap(({ dependsOn }) => dependsOn ?? []))].map(
      (id) => html`depends on <a href="#${ruleAnchor(id)}">${id}</a>`,
    ),
    ...new Set(seen.map((remark) => `also seen: ${remark}`)),
    ...retried.map(({ title }) => `passed only at the second try: ${title}`),
    ...slowRemark(results),
  ];
}

function slowRemark(results: readonly Result[]): string[] {
  const waits = results.flatMap(({ slowest }) => slowest ?? []);
  const slow = waits.toSorted((a, b) => b.took - a.took).at(0);
  if (!slow || slow.took < slow.limit * SLOW) return [];
  return [`slow: ${slow.what} took ${slow.took} of ${slow.limit} ms`];
}
