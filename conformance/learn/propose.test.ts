// What was heard becomes the text of a dialect: what belongs to one call alone turns into holes, and frames are recognised.

import { describe, expect, test } from "bun:test";
import { fileFrame, listFrame, separator } from "./guess-framing.ts";
import { insertPlaceholders } from "./guess-template.ts";
import type { Recording } from "./proxy.ts";

const recording: Recording = {
  words: [],
  values: {
    dport: 20_021,
    inner: 31_337,
    sport: 4_000,
    served: 5_000,
    host: "127.0.0.1",
    file: "hello.txt",
  },
};

const latin = (text: string): Buffer => Buffer.from(text, "latin1");
const came = (text: string, pieces = [text], answers: string[] = []) => ({
  bytes: latin(text),
  pieces: pieces.map(latin),
  answers: answers.map(latin),
  recording,
});

describe("what was said", () => {
  const told: [string, string, string][] = [
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

  test.each(told)("%s", (_, bytes, text) => {
    expect(insertPlaceholders(latin(bytes), recording)).toBe(text);
  });

  test("a size that is known", () => {
    expect(insertPlaceholders(latin("size 40."), recording, 40)).toBe('"size {size}."');
  });
});

describe("a file", () => {
  const content = latin("one\ntwo\n");
  const framed: [string, ReturnType<typeof came>, string][] = [
    ["as it is", came("one\ntwo\n"), 'frame = "close"'],
    [
      "with NULs behind it",
      came("one\ntwo\n\0\0"),
      String.raw`frame = "close", remove = ['\x00+$']`,
    ],
    ["with a mark behind it", came("one\ntwo\n@@@"), 'frame = "sentinel", end = "@@@"'],
    ["with its length before it", came("8one\ntwo\n"), 'frame = "length", prefix = "dec"'],
    ["the same in four bytes", came("\0\0\0\x08one\ntwo\n"), 'frame = "length", prefix = "u32be"'],
    [
      "line by line, each acknowledged",
      came("one\ntwo\n0", ["one\n", "two\n", "0"], ["1", "1"]),
      'frame = "pieces", piece = "{data}", of = "line", ack = "1", end = "0"',
    ],
    [
      "in fields of one width",
      came(`one\ntwo\n${"\0".repeat(24)}done${"\0".repeat(28)}`),
      'frame = "pieces", piece = "{pad32:{data}}", max = 31, end = "{pad32:done}"',
    ],
    [
      "in packets with tags",
      came("\0\x0cF one\ntwo\n\0\x06DONE"),
      'frame = "pieces", piece = "{len-u16be+2:F {data}}", end = "{len-u16be+2:DONE}"',
    ],
  ];

  test.each(framed)("%s", (_, heard, keys) => {
    expect(fileFrame(heard, content).keys).toBe(keys);
  });

  test("with a word before it, which becomes a step", () => {
    expect(fileFrame(came("HERE one\ntwo\n"), content)).toMatchObject({ before: '"HERE "' });
  });

  test("changed on the way: the person is told to look", () => {
    expect(fileFrame(came("one\r\ntwo\r\n"), content).notes).toHaveLength(1);
  });
});

describe("a list", () => {
  const names = ["a.txt", "bee.txt", "two words.txt"];
  const framed: [string, ReturnType<typeof came>, string][] = [
    ["to the end", came("bee.txt\na.txt\ntwo words.txt\n"), 'frame = "close"'],
    [
      "its length before it",
      came("\0\x1bbee.txt\na.txt\ntwo words.txt"),
      'frame = "length", prefix = "u16be"',
    ],
    [
      "a name a send",
      came(names.join(""), names),
      'frame = "pieces", piece = "{data}", of = "name", gap = 200',
    ],
    [
      "names in fields",
      came(`${names.map((name) => name.padEnd(32, "\0")).join("")}done`),
      'frame = "pieces", piece = "{pad32:{data}}", of = "name", end = "done"',
    ],
    [
      "names in packets",
      came(
        `${names.map((name) => `\0${String.fromCharCode(name.length + 4)}N ${name}`).join("")}\0\x06DONE`,
      ),
      'frame = "pieces", piece = "{len-u16be+2:N {data}}", of = "name", end = "{len-u16be+2:DONE}"',
    ],
  ];

  test.each(framed)("%s", (_, heard, keys) => {
    expect(listFrame(heard, names).keys).toBe(keys);
  });

  test("what stands between the names is what most of them agree on", () => {
    expect(separator(latin("a.txt,bee.txt,two words.txt"), ["two", ...names])).toBe(",");
  });
});
