// Makes text from outside safe for a terminal, a log line and a reply line.

/** C0 and C1 controls, DEL, and the line and paragraph separators: they can break a line or control a terminal. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Characters that are invisible and reorder or hide others (bidi controls, zero width), and lone surrogates. */
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu;

/** A character of either kind, except LF. */
const NOT_PLAIN = new RegExp(`(?!\\n)${CONTROLS.source}|${INVISIBLE.source}`, "u");

/** True if the text has a character that file names and replies on P must not have (N6.8, N7.1, N7.12). */
export function hasControls(text: string): boolean {
  return text.search(CONTROLS) >= 0;
}

/** The text of a file in UTF-8, or in UTF-16 if it begins with that byte order mark. The mark is left out. */
export function decodeText(bytes: Uint8Array): string {
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  const encoding = mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

/** Writes each control character as an escape such as `\x1b`, so that the text stays on one line and has no effect on a terminal. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, escape);
}

/** Escapes controls, and characters that would make the text look like another text. */
export function sanitizeForDisplay(text: string): string {
  return escapeControls(text).replace(INVISIBLE, escape);
}

/** True if every line of the text can be shown without an escape. */
export function isPlain(text: string): boolean {
  return !NOT_PLAIN.test(text);
}

/** Cuts the text to at most `bytes` bytes of UTF-8, between characters, and then ends it with an ellipsis. */
export function shorten(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const kept = Buffer.from(text).subarray(0, bytes - 3);
  return `${new TextDecoder().decode(kept).replace(/\uFFFD+$/, "")}…`;
}

/** Puts a sentence of ours behind text that may lack its full stop, such as the words of a server. */
export function appendSentence(text: string, sentence: string): string {
  return `${text}${/[.!?]$/.test(text) ? "" : "."} ${sentence}`;
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u{${code.toString(16).padStart(4, "0")}}`;
}

/** A path or a name as a message shows it: in quotation marks, with control characters escaped. */
export function quote(path: string): string {
  return formatJson(path);
}

/** JSON that any reader reads as the same value, and that has no effect on a terminal: `JSON.stringify` escapes C0 only. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value).replace(CONTROLS, escapeInJson).replace(INVISIBLE, escapeInJson);
}

function escapeInJson(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
