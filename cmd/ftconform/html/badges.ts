// Verdicts as they look in the HTML report: a sign and a word, and a colour that only repeats them.

import type { Verdict } from "../../../conformance/index.ts";
import type { Finding } from "../model/finding.ts";
import { html, type Markup } from "./markup.ts";
import { badge } from "../report/paint.ts";

/** The columns of a count. */
export const VERDICTS: readonly { verdict: Verdict; sign: string; word: string; tint: string }[] = [
  { verdict: "pass", sign: "✓", word: "pass", tint: "good" },
  { verdict: "fail", sign: "✗", word: "fail", tint: "bad" },
  { verdict: "inconclusive", sign: "?", word: "inconclusive", tint: "odd" },
  { verdict: "not-applicable", sign: "–", word: "not applicable", tint: "dim" },
];

type Judged = { verdict: Verdict; level: Finding["level"] };

export function stamp(one: Judged): Markup {
  const { sign, word, tint } = badge(one);
  return html`<span class="badge ${tint}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}

/** A rule in the table of steps: its sign and id, leading to its row. */
export function chip(one: Finding): Markup {
  const { sign, word, tint } = badge(one);
  return html`<li>
    <a class="chip ${tint}" href="#${anchor(one.id)}" title="${one.rule}"
      ><span aria-hidden="true">${sign}</span> ${one.id}<span class="hidden"> ${word}</span></a
    >
  </li>`;
}

export const anchor = (id: string): string => `rule-${id.replace(/[^\w]/g, "-")}`;
