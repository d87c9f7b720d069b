// Colours on a terminal, unless NO_COLOR is set; a verdict is always a word as well.

import type { Verdict } from "../../../conformance/index.ts";
import { onTerminal, STDOUT } from "../../cli/terminal.ts";
import type { Finding } from "../model/finding.ts";

export type Tint = "good" | "bad" | "odd" | "dim" | "bold";

const CODES: Record<Tint, [number, number]> = {
  good: [32, 39],
  bad: [31, 39],
  odd: [33, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export type Paint = (tint: Tint, text: string) => string;

export const plain: Paint = (_, text) => text;

const coloured: Paint = (tint, text) => {
  const [on, off] = CODES[tint];
  return `\x1b[${on}m${text}\x1b[${off}m`;
};

/** No colours in a pipe or a file, or with NO_COLOR (no-color.org). */
export const choosePaint = (fd = STDOUT): Paint =>
  onTerminal(fd) && !process.env["NO_COLOR"] ? coloured : plain;

export interface Badge {
  readonly sign: string;
  readonly word: string;
  readonly tint: Tint;
}

const DECIDES = { sign: "✗", tint: "bad" } as const;
const INFORMS = { sign: "!", tint: "odd" } as const;

/** How a verdict looks: a sign, a word and a tint. The sign of a failed SHOULD is another one, since only a MUST decides. */
export function badgeOf({ verdict, level }: { verdict: Verdict; level: Finding["level"] }): Badge {
  if (verdict === "pass") return { sign: "✓", word: "pass", tint: "good" };
  if (verdict === "inconclusive") return { sign: "?", word: "inconclusive", tint: "odd" };
  if (verdict === "not-applicable") return { sign: "–", word: "not applicable", tint: "dim" };
  return { word: "fail", ...(level === "MUST" ? DECIDES : INFORMS) };
}
