// Text from a stranger, made safe for a screen, a log line and a reply line.

/** C0 and C1 controls, DEL, and the line and paragraph separators: what can break a line or drive a terminal. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Characters that show nothing of their own and reorder or hide what stands beside them (bidi controls, zero width). */
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu;

/** Any of both, apart from LF. */
const NOT_PLAIN = new RegExp(`(?!\\n)${CONTROLS.source}|${INVISIBLE.source}`, "u");

/** True where the text holds a character that may not stand in a file name or a reply on P (N6.8, N7.1, N7.12). */
export function hasControls(text: string): boolean {
  return text.search(CONTROLS) >= 0;
}

/** The text with each control character as an escape such as `\x1b`, so that it stays on one line and is inert. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, escape);
}

/** The text as it may be shown to a person: controls, and characters that would make it look like another, escaped. */
export function sanitizeForDisplay(text: string): string {
  return escapeControls(text).replace(INVISIBLE, escape);
}

/** True where every line of the text can be shown as it is. */
export function isPlain(text: string): boolean {
  return !NOT_PLAIN.test(text);
}

/** The text cut to at most `bytes` bytes of UTF-8, never in the middle of a character, with an ellipsis where cut. */
export function shorten(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const kept = Buffer.from(text).subarray(0, bytes - 3);
  return `${new TextDecoder().decode(kept).replace(/\uFFFD+$/, "")}…`;
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u{${code.toString(16).padStart(4, "0")}}`;
}
