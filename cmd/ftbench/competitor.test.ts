// What --against takes, and what becomes of it.

import { expect, test } from "bun:test";
import { commandOf, readCompetitors } from "./competitor.ts";

const LIMIT = 5000;

test(
  "a contender has a name, perhaps a port, and words of which quotes hold some together",
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
  "a command without a name is refused in a sentence",
  () => {
    const sentence = '--against takes NAME=COMMAND or NAME@PORT=COMMAND, not "curl".';
    expect(() => readCompetitors("curl")).toThrow(sentence);
    expect(() => readCompetitors("a=")).toThrow("--against takes");
  },
  LIMIT,
);

test(
  "holes are filled within one word, so that a name with a space stays one",
  () => {
    const [contender] = readCompetitors("a=get ftp://h/{file} {unknown}");
    const command = contender && commandOf(contender, { file: "two words" });
    expect(command).toEqual(["get", "ftp://h/two words", "{unknown}"]);
  },
  LIMIT,
);
