// What the HTML report shows of a rule: its verdict, its text, and the anchors of its row and its failure.

import type { Verdict } from "../../../conformance/index.ts";
import type { Finding } from "../model/finding.ts";
import { badgeOf } from "../report/paint.ts";
import { html, type Markup } from "./markup.ts";

interface VerdictParts {
  readonly verdict: Verdict;
  /** Only a MUST decides, so a SHOULD that fails has a milder sign and colour. */
  readonly level?: Finding["level"];
  /** How many rules have this verdict, if there are several. */
  readonly count?: number;
}

/** A sign and a word: the colour only repeats them. */
export function formatVerdict({ verdict, level = "MUST", count }: VerdictParts): Markup {
  const { sign, word, tint } = badgeOf({ verdict, level });
  return html`<span class="badge ${tint}"
    ><span aria-hidden="true">${sign}</span> ${count} ${word}</span
  >`;
}

/** A link to a rule of a report ends with its id: `#S7.16`. */
export const ruleAnchor = (id: string): string => id;
export const failureAnchor = (id: string): string => `failure-${id}`;

/** The text of a rule, in which backticks mark code. */
export function formatRule(rule: string): Markup {
  const parts = rule.split("`");
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
