// Text from outside cannot break a line, control a terminal, or look like another text.

import { describe, expect, test } from "bun:test";
import {
  appendSentence,
  decodeText,
  escapeControls,
  formatJson,
  hasControls,
  quote,
  sanitizeForDisplay,
  shorten,
} from "./text.ts";

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index));

const CONTROLS = [...range(0, 0x1f), ...range(0x7f, 0x9f), "\u2028", "\u2029"];
const HARMLESS = ["a", " ", "~", "\u00a0", "ä", "ſ", "€", "漢", "😀", "\u0301", "\ufffd"];
const DECEIVING = ["\u202e", "\u202d", "\u2066", "\u200b", "\u200f", "\u061c", "\ufeff", "\ud800"];

describe("text", () => {
  test("NUL, TAB, LF, CR, ESC, DEL, C1 and line separators are control characters", () => {
    for (const control of CONTROLS) expect(hasControls(`a${control}b`)).toBe(true);
  }, 1000);

  test("letters of any script, emoji and spaces are not control characters", () => {
    for (const text of [...HARMLESS, ...DECEIVING, ""]) expect(hasControls(text)).toBe(false);
  }, 1000);

  test("every control character is escaped, and everything else stays as it is", () => {
    const escaped = escapeControls(`${CONTROLS.join("")}${HARMLESS.join("")}`);
    expect(hasControls(escaped)).toBe(false);
    expect(escaped).toEndWith(HARMLESS.join(""));
  }, 1000);

  test("an escape shows which character it stands for", () => {
    expect(escapeControls("\u001b[31m\n\u0000\u009b\u2028")).toBe(
      "\\x1b[31m\\x0a\\x00\\x9b\\u{2028}",
    );
  }, 1000);

  test("text for display has no controls, no direction overrides and nothing of zero width", () => {
    for (const character of [...CONTROLS, ...DECEIVING]) {
      expect(sanitizeForDisplay(`a${character}b`)).toMatch(/^a\\(x[0-9a-f]{2}|u\{[0-9a-f]{4}\})b$/);
    }
    expect(sanitizeForDisplay("cod\u202etxt.exe")).toBe("cod\\u{202e}txt.exe");
    expect(sanitizeForDisplay(HARMLESS.join(""))).toBe(HARMLESS.join(""));
  }, 1000);

  test("a text that fits is not shortened", () => {
    expect(shorten("aä€😀", 10)).toBe("aä€😀");
  }, 1000);

  test("a text is shortened to a number of bytes, between characters", () => {
    const text = "aä€😀".repeat(5);
    for (let bytes = 3; bytes < Buffer.byteLength(text); bytes++) {
      const short = shorten(text, bytes);
      expect(Buffer.byteLength(short)).toBeLessThanOrEqual(bytes);
      expect(short).toEndWith("…");
      expect(text).toStartWith(short.slice(0, -1));
      expect(short.slice(0, -1).isWellFormed()).toBe(true);
    }
  }, 1000);
});

test("JSON has no character that controls a terminal, and is read as the same value", () => {
  const value = { name: "a\u001b\u007f\u009b\u2028\u202e\u2066\ufeff\ud800é日👩" };
  const json = formatJson(value);
  expect(json).toMatch(/^[ -~é日👩]+$/u);
  expect(JSON.parse(json)).toEqual(value);
  expect(quote("\u009b31m")).toBe('"\\u009b31m"');
}, 1000);

test.each([
  ["UTF-8", Buffer.from("naïve\r\n")],
  ["UTF-8 with a byte order mark", Buffer.from("\ufeffnaïve\r\n")],
  ["UTF-16LE", Buffer.from("\ufeffnaïve\r\n", "utf16le")],
  ["UTF-16BE", Buffer.from("\ufeffnaïve\r\n", "utf16le").swap16()],
])("the text of a file in %s is decoded, without its mark", (_, bytes) => {
  expect(decodeText(bytes)).toBe("naïve\r\n");
});

test("an empty file and one of a single byte are decoded", () => {
  expect([decodeText(new Uint8Array()), decodeText(Buffer.from("a"))]).toEqual(["", "a"]);
});

test("a sentence is put behind a full stop, which the words of a server may lack", () => {
  expect(appendSentence("ok", "Try again.")).toBe("ok. Try again.");
  expect(appendSentence("Really?", "Try again.")).toBe("Really? Try again.");
});
