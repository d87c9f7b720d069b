// Finds an error text among what a server says.

import { findPattern, findReply, type Match } from "../dialect/decode.ts";
import type { TemplateValues } from "../dialect/template.ts";
import type { Dialect, ErrorKind, ErrorText, Side } from "../dialect/types.ts";

/** A reply code of RFC 959, or a word that error texts have: it makes any text on P an error. */
const LOOKS_LIKE_ERROR =
  /^[45]\d\d\b|error|not? (such|found)|invalid|unknown|can ?not|could ?n.?t|denied|fail|does ?n.?t|not exist|unrecogni[sz]ed|\bbad\b|usage/im;

/** Whether a text has a word or a code that error texts have, as far as it is text. */
export const looksLikeError = (text: string): boolean =>
  LOOKS_LIKE_ERROR.test(text.slice(0, SEARCHED));

/** Characters that are searched: an error text stands at the beginning, and a flood must not cost time. */
const SEARCHED = 65_536;

export interface DeclaredError extends Match {
  kind: ErrorKind;
  text: string;
}

/** Finds an error text that the dialect describes for the connection. */
export function findDeclaredError(
  { errors }: Dialect,
  on: Side,
  text: string,
  values: TemplateValues,
): DeclaredError | undefined {
  if (text === "") return undefined;
  const beginning = text.slice(0, SEARCHED);
  for (const kind of ["missing", "invalid"] as const) {
    const match = errors[kind].on === on && matchError(errors[kind], beginning, values);
    if (match) return { ...match, kind, text: text.slice(match.start, match.end) };
  }
  return undefined;
}

function matchError(
  { match, say }: ErrorText,
  text: string,
  values: TemplateValues,
): Match | undefined {
  if (match) return findPattern(match, text);
  // `{text}` matches anything, so such a text only counts if it looks like an error.
  if (say.isEmpty || say.placeholders.includes("text")) return undefined;
  return findReply({ say }, text, values);
}

/** Finds an error text on P. During a payload on P only one that the dialect describes counts, and only in front. */
export function findErrorText(
  dialect: Dialect,
  text: string,
  values: TemplateValues,
  isPayloadOnP: boolean,
): string | undefined {
  const declared = findDeclaredError(dialect, "P", text, values);
  if (isPayloadOnP) return declared?.start === 0 ? declared.text : undefined;
  return declared?.text ?? (looksLikeError(text) ? text : undefined);
}
