// Competitors as --against takes them, and their command lines.

import { expect, test } from "bun:test";
import { fillCommand, readCompetitors } from "./competitor.ts";

const LIMIT = 5000;

test(
  "a competitor has a name, words, perhaps a port; quotes make one word of several",
  () => {
    const text = "a=curl -o {out} 'two words' ; b@2121=x --url=ftp://h/;type=i\nc=y";
    expect(readCompetitors(text)).toEqual([
      { name: "a", port: undefined, words: ["curl", "-o", "{out}", "two words"] },
      { name: "b", port: 2121, words: ["x", "--url=ftp://h/;type=i"] },
      { name: "c", port: undefined, words: ["y"] },
    ]);
  },
  LIMIT,
);

test(
  "a command without a name is refused",
  () => {
    const sentence = '--against takes NAME=COMMAND or NAME@PORT=COMMAND, not "curl".';
    expect(() => readCompetitors("curl")).toThrow(sentence);
    expect(() => readCompetitors("a=")).toThrow("--against takes");
  },
  LIMIT,
);

test(
  "a placeholder is filled within its word, so a name with a space stays one word",
  () => {
    const [competitor] = readCompetitors("a=get ftp://h/{file} {unknown}");
    const command = competitor && fillCommand(competitor, { file: "two words" });
    expect(command).toEqual(["get", "ftp://h/two words", "{unknown}"]);
  },
  LIMIT,
);
