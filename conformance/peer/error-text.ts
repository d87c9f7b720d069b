// How the text of an error is told from anything else that a server says.

import type { Dialect, ErrorText, Side } from "../dialect/types.ts";
import type { Fill } from "../dialect/encode.ts";
import { findText, type Match, matchText } from "./cursor.ts";
import { placeholders } from "../dialect/template.ts";

/** What makes a text on P an error, whatever its form: a code as in RFC 959, or such a word. */
const SOUNDS_BAD =
  /^[45]\d\d\b|error|not? (such|found)|invalid|unknown|can ?not|could ?n.?t|denied|fail|does ?n.?t|not exist|unrecogni[sz]ed|\bbad\b|usage/im;

/** An error stands in front, and is a text for people: no flood is searched for one. */
const LONGEST = 65_536;

export interface DeclaredError extends Match {
  what: "missing" | "invalid";
  text: string;
}

/** The failure that the dialect describes for a connection, where the text has it. */
export function findDeclaredError(
  { errors }: Dialect,
  on: Side,
  text: string,
  values: Fill,
): DeclaredError | undefined {
  if (text === "") return undefined;
  const front = text.slice(0, LONGEST);
  for (const what of ["missing", "invalid"] as const) {
    const match = errors[what].on === on ? known(errors[what], front, values) : undefined;
    if (match) return { ...match, what, text: text.slice(match.at, match.end) };
  }
  return undefined;
}

// A text that is all hole would match anything, so it only counts if it sounds like an error.
function known({ match, say }: ErrorText, text: string, values: Fill): Match | undefined {
  if (match !== undefined) return matchText(match, text);
  return say === "" || placeholders(say).includes("text")
    ? undefined
    : findText({ say }, text, values);
}

/** The error in a text of P; `strictly` takes only what the dialect describes, and only in front. */
export function findErrorText(
  dialect: Dialect,
  text: string,
  values: Fill,
  strictly: boolean,
): string | undefined {
  const found = findDeclaredError(dialect, "P", text, values);
  if (strictly) return found?.at === 0 ? found.text : undefined;
  return found?.text ?? (SOUNDS_BAD.test(text.slice(0, LONGEST)) ? text : undefined);
}
