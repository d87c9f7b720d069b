// Tests what is guessed from a recording: placeholders, lengths, fields and frames.

import { describe, expect, test } from "bun:test";
import { guessFileFrame, guessListFrame, guessSeparator } from "./guess-framing.ts";
import { guessTemplate } from "./guess-template.ts";
import type { Recording } from "./proxy.ts";
import { formatKeys, quoteToml } from "./toml.ts";

const recording: Recording = {
  messages: [],
  values: {
    dport: 20_021,
    proxyDport: 31_337,
    sport: 4_000,
    serverPort: 5_000,
    host: "127.0.0.1",
    file: "hello.txt",
  },
};

const latin = (text: string): Buffer => Buffer.from(text, "latin1");
const record = (text: string, pieces = [text], answers: string[] = []) => ({
  bytes: latin(text),
  pieces: pieces.map(latin),
  answers: answers.map(latin),
  recording,
});

describe("a message", () => {
  const messages: [string, string, string][] = [
    ["port and name", "-g hello.txt 20021\n", String.raw`"-g {file} {dport}\n"`],
    ["the port that the server was told", "port 31337", '"port {dport}"'],
    ["both server ports", "4000 5000", '"{sport} {sport}"'],
    ["braces", "{a}", '"{(}a{)}"'],
    ["a field filled with NULs", `ok${"\0".repeat(254)}`, '"{pad256:ok}"'],
    ["a few NULs, which are no field", "ok\0", String.raw`"ok\u0000"`],
    [
      "a port in four bytes, little end first",
      "-l\0\x35\x4e\0\0",
      String.raw`"-l\u0000{u32le:{dport}}"`,
    ],
    ["a length in front", "\0\x09not found", '"{len-u16be:not found}"'],
    ["a length that counts itself", "\0\x0bnot found", '"{len-u16be+2:not found}"'],
    ["two of them", "\0\x06OKAY\0\x07CLOSE", '"{len-u16be+2:OKAY}{len-u16be+2:CLOSE}"'],
    ["a length within a text", "-g \x09\0\0\0hello.txt", '"-g {len-u32le:{file}}"'],
  ];

  test.each(messages)("%s", (_, bytes, text) => {
    expect(quoteToml(guessTemplate(latin(bytes), recording))).toBe(text);
  });

  test("a size that is known", () => {
    expect(guessTemplate(latin("size 40."), recording, 40)).toBe("size {size}.");
  });
});

describe("a file", () => {
  const content = latin("one\ntwo\n");
  const framed: [string, ReturnType<typeof record>, string][] = [
    ["as it is", record("one\ntwo\n"), 'frame = "close"'],
    [
      "with NULs behind it",
      record("one\ntwo\n\0\0"),
      String.raw`frame = "close", remove = ['\x00+$']`,
    ],
    ["with a marker behind it", record("one\ntwo\n@@@"), 'frame = "sentinel", end = "@@@"'],
    ["with its length before it", record("8one\ntwo\n"), 'frame = "length", prefix = "dec"'],
    [
      "the same in four bytes",
      record("\0\0\0\x08one\ntwo\n"),
      'frame = "length", prefix = "u32be"',
    ],
    [
      "line by line, each acknowledged",
      record("one\ntwo\n0", ["one\n", "two\n", "0"], ["1", "1"]),
      'frame = "pieces", piece = "{data}", of = "line", ack = "1", end = "0"',
    ],
    [
      "in fields of one width",
      record(`one\ntwo\n${"\0".repeat(24)}done${"\0".repeat(28)}`),
      'frame = "pieces", piece = "{pad32:{data}}", max = 31, end = "{pad32:done}"',
    ],
    [
      "in packets with tags",
      record("\0\x0cF one\ntwo\n\0\x06DONE"),
      'frame = "pieces", piece = "{len-u16be+2:F {data}}", end = "{len-u16be+2:DONE}"',
    ],
  ];

  test.each(framed)("%s", (_, payload, keys) => {
    expect(formatKeys(guessFileFrame(payload, content).keys)).toBe(keys);
  });

  test("with a word before it, which becomes a step", () => {
    expect(guessFileFrame(record("HERE one\ntwo\n"), content)).toMatchObject({ before: "HERE " });
  });

  test("changed on the way: a note asks the person to look", () => {
    expect(guessFileFrame(record("one\r\ntwo\r\n"), content).notes).toHaveLength(1);
  });
});

describe("a list", () => {
  const names = ["a.txt", "bee.txt", "two words.txt"];
  const framed: [string, ReturnType<typeof record>, string][] = [
    ["to the end", record("bee.txt\na.txt\ntwo words.txt\n"), 'frame = "close"'],
    [
      "its length before it",
      record("\0\x1bbee.txt\na.txt\ntwo words.txt"),
      'frame = "length", prefix = "u16be"',
    ],
    [
      "a name a send",
      record(names.join(""), names),
      'frame = "pieces", piece = "{data}", of = "name", gap = 200',
    ],
    [
      "names in fields",
      record(`${names.map((name) => name.padEnd(32, "\0")).join("")}done`),
      'frame = "pieces", piece = "{pad32:{data}}", of = "name", end = "done"',
    ],
    [
      "names in packets",
      record(
        `${names.map((name) => `\0${String.fromCharCode(name.length + 4)}N ${name}`).join("")}\0\x06DONE`,
      ),
      'frame = "pieces", piece = "{len-u16be+2:N {data}}", of = "name", end = "{len-u16be+2:DONE}"',
    ],
  ];

  test.each(framed)("%s", (_, payload, keys) => {
    expect(formatKeys(guessListFrame(payload, names).keys)).toBe(keys);
  });

  test("the separator is the text that follows most names", () => {
    expect(guessSeparator(latin("a.txt,bee.txt,two words.txt"), ["two", ...names])).toBe(",");
  });
});
