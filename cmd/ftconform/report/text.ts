// Text for a terminal of any width: control characters are escaped, and lines are broken between words.

import { sanitizeForDisplay } from "../../../lib/text.ts";

/** If no terminal says how wide it is. */
const USUAL_WIDTH = 100;
/** A wider line is hard to read; a narrower one leaves no room behind the columns. */
const WIDEST = 120;
const NARROWEST = 40;

export function terminalWidth(): number {
  // A terminal that does not know its own width says 0.
  return Math.min(WIDEST, Math.max(NARROWEST, process.stdout.columns || USUAL_WIDTH));
}

/** Several lines, each without live control characters. */
export const escapeLines = (text: string): string =>
  text.split("\n").map(sanitizeForDisplay).join("\n");

/** Breaks at blanks and indents the following lines. A word that is longer than the line stays whole. */
export function wrapText(text: string, indent: number, limit = terminalWidth()): string {
  const room = Math.max(limit - indent, NARROWEST / 2);
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= room) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}
