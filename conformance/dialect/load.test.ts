// Tests that dialects load, that templates work both ways, and that a mistake is reported with its place.

import { expect, test } from "bun:test";
import { matchTemplate } from "./decode.ts";
import { loadDialect, parseDialect } from "./load.ts";
import { encodeTemplate } from "./encode.ts";
import { Template } from "./template.ts";

const QUICK = 5_000; // nothing here waits

const plain = await Bun.file(`${import.meta.dir}/../dialects/plain.toml`).text();

test(
  "a template that one side encodes is decoded by the other",
  () => {
    const template = new Template("-g {file} {dport}\n");
    const line = encodeTemplate(template, { file: "two (2) words.txt", dport: 30021 }).toString();
    expect(line).toBe("-g two (2) words.txt 30021\n");
    expect(matchTemplate(template, line)?.values).toEqual({
      file: "two (2) words.txt",
      dport: "30021",
    });
    expect(matchTemplate(new Template("a.b\n"), "axb\n")).toBeUndefined();
    expect(() => encodeTemplate(new Template("{nobody}"), {})).toThrow("{nobody}");
  },
  QUICK,
);

const FILLED = { file: "größe.txt", dport: 258, size: 7 };
const ENCODED: readonly [template: string, hex: string][] = [
  ["{u16be:{dport}}", "0102"],
  ["{u16le:{dport}}", "0201"],
  ["{i32le:{dport}}", "02010000"],
  ["{u64be:{dport}}", "0000000000000102"],
  ["{dec6:{dport}}", "303030323538"],
  ["{hex4:{dport}}", "30313032"],
  ["{dport+1}", "323539"],
  ["{len-u16be:{file}}", "000b6772c3b6c39f652e747874"],
  ["{len-u16be+2:{pad4:GET}{size}}", "00074745540037"],
  ["{len-dec|:ab\n}", "337c61620a"],
  ["{pad4#:ab}", "61622323"],
  ["{lpad4 :{size}}", "20202037"],
  ["{cstr8:{size}}", "3700000000000000"],
  ["{bytes:ff 00}{(}{size}{)}", "ff007b377d"],
];

test.each(ENCODED)(
  "%s",
  (source, hex) => {
    const template = new Template(source);
    const bytes = encodeTemplate(template, FILLED);
    expect(bytes.toString("hex")).toBe(hex);
    const found = matchTemplate(template, bytes.toString("latin1"));
    expect(found?.end).toBe(bytes.length);
    for (const [name, value] of Object.entries(found?.values ?? {}))
      expect(value).toBe(String(FILLED[name as keyof typeof FILLED]));
  },
  QUICK,
);

const BAD: readonly [what: string, from: string, to: string, message: string][] = [
  ["no TOML", 'name = "plain"', 'name = "plain', "mine.toml: this is not valid TOML"],
  ["a missing key", 'name = "plain"', "", "mine.toml: name: this key is missing"],
  [
    "an unknown key",
    "[errors.missing]",
    "[errors.missng]",
    "mine.toml: errors.missng: there is no such key",
  ],
  [
    "a step with an unknown key",
    '[{ send = "-x {dport}\\n" }]',
    '[{ sned = "-x" }]',
    "mine.toml: invalid.steps[1]: a step has one of send",
  ],
  [
    "a step that does two things",
    '[{ send = "-x {dport}\\n" }]',
    '[{ send = "-x", q = "accept" }]',
    "mine.toml: invalid.steps[1]: a step has one of",
  ],
  [
    "a placeholder that nothing gives a value",
    "-g {file} {dport}",
    "-g {fiel} {dport}",
    "mine.toml: get.steps[1].send: nothing gives {fiel} a value",
  ],
  [
    "the same in an error text",
    'say = "{text}\\n"\nq = true',
    'say = "{txet}\\n"\nq = true',
    "mine.toml: errors.missing.say: nothing gives {txet} a value",
  ],
  [
    "the same after the payload",
    "[get]",
    '[get]\nafter = [{ send = "bye {fiel}" }]',
    "mine.toml: get.after[1].send: nothing gives {fiel} a value",
  ],
  [
    "an encoder without an end",
    "-g {file} {dport}",
    "-g {u16be:{dport}",
    "needs a } that ends {u16be:",
  ],
  [
    "an open brace",
    "-g {file} {dport}",
    "-g {file {dport}",
    'mine.toml: get.steps[1].send: the template "-g {file {dport}\\n" has a { that begins neither',
  ],
  ["an unknown encoder", "-g {file}", "-g {u24be:{file}}", "has no encoder u24be"],
  [
    "an unknown frame",
    'frame = "close"',
    'frame = "fin"',
    "mine.toml: list.data.frame: write one of close, sentinel",
  ],
  [
    "a frame without its key",
    'frame = "close"',
    'frame = "sentinel"',
    "mine.toml: list.data.end: this key is missing",
  ],
  [
    "a key of another frame",
    'frame = "close"',
    'frame = "close", ms = 3',
    "mine.toml: list.data.ms: there is no such key",
  ],
  [
    "a number in quotes",
    'frame = "close"',
    'frame = "silence", ms = "9"',
    "mine.toml: list.data.ms: write a whole number",
  ],
  [
    "Q before it is open",
    '{ q = "accept" }',
    '{ say = "x", on = "Q" }',
    "mine.toml: list.steps[2].on: Q is not open yet",
  ],
  [
    "an expression without a text",
    '{ q = "accept" }',
    '{ q = "accept" }, { expect = "[0-9]" }',
    "mine.toml: list.steps[3]: `expect` is a regular expression",
  ],
  [
    "a broken expression",
    '{ q = "accept" }',
    '{ expect = "(", say = "x" }',
    "mine.toml: list.steps[2].expect: ",
  ],
];

test.each(BAD)(
  "a mistake is reported with file, key and what to write: %s",
  (_, from, to, message) => {
    expect(plain).toContain(from);
    expect(() =>
      parseDialect(
        plain.replace(from, () => to),
        "mine.toml",
      ),
    ).toThrow(message);
  },
  QUICK,
);

test(
  "all mistakes of a file are told at once",
  () => {
    const text = plain
      .replace('name = "plain"', "")
      .replace("q = true", 'q = "yes"')
      .replace("[errors.invalid]", "[errors.invald]");
    const mistakes = [
      "name: this key is missing",
      "errors.missing.q: write true or false",
      "errors.invald: there is no such key",
    ];
    for (const each of mistakes) expect(() => parseDialect(text, "mine.toml")).toThrow(each);
  },
  QUICK,
);

test(
  "a dialect that does not exist",
  async () => {
    await expect(loadDialect("nowhere")).rejects.toThrow("nowhere");
    expect((await loadDialect("plain")).name).toBe("plain");
  },
  QUICK,
);
