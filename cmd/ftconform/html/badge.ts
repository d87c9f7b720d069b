// A verdict as it looks in the HTML report: a sign and a word; the colour only repeats them.

import type { Verdict } from "../../../conformance/spec/verdict.ts";
import type { Finding } from "../model/finding.ts";
import { badge } from "../report/paint.ts";
import { html, type Markup } from "./markup.ts";

interface Verdicts {
  readonly verdict: Verdict;
  /** Only a MUST decides, so a SHOULD that fails has a milder sign and colour. */
  readonly level?: Finding["level"];
  /** How many rules have this verdict, if there are several. */
  readonly count?: number;
}

export function formatVerdict({ verdict, level = "MUST", count }: Verdicts): Markup {
  const { sign, word, tint } = badge({ verdict, level });
  return html`<span class="badge ${tint}"
    ><span aria-hidden="true">${sign}</span> ${count} ${word}</span
  >`;
}

export const ruleAnchor = (id: string): string => `rule-${id}`;
export const failureAnchor = (id: string): string => `failure-${id}`;

/** The text of a rule, in which backticks mark code. */
export function formatRule(rule: string): Markup {
  const parts = rule.split("`");
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
