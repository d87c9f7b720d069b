// Tests what is inferred from messages that differ in one thing.

import { describe, expect, test } from "bun:test";
import { inferListing } from "./infer-listing.ts";
import { inferTemplate, type MessageSample } from "./infer-template.ts";

const QUICK = 1_000; // nothing here waits

const FIRST = { dport: 20_021, sport: 4_000, host: "127.0.0.1", file: "hello.txt", size: 40 };
const OTHER = { dport: 31_337, sport: 5_002, host: "127.0.0.1", file: "a.txt", size: 1_231 };
const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const both = (one: string, other: string): MessageSample[] => [
  { bytes: bytes(one), values: FIRST },
  { bytes: bytes(other), values: OTHER },
];
const field = (text: string, width: number, behind = "\0"): string =>
  `${text}\0`.padEnd(width, behind);

describe("a message", () => {
  const messages: [what: string, one: string, other: string, template: string | undefined][] = [
    ["port and name", "-g hello.txt 20021\n", "-g a.txt 31337\n", "-g {file} {dport}\n"],
    ["a size", "40 bytes", "1231 bytes", "{size} bytes"],
    ["a port in four bytes", "-l\0\x35\x4e\0\0", "-l\0\x69\x7a\0\0", "-l\0{i32le:{dport}}"],
    ["the next port", "20022", "31338", "{dport+1}"],
    ["a length in front", "\0\x09hello.txt", "\0\x05a.txt", "{len-u16be:{file}}"],
    ["a length that counts itself", "\0\x0bhello.txt", "\0\x07a.txt", "{len-u16be+2:{file}}"],
    ["a length in digits", "3|-l\n", "3|-l\n", "3|-l\n"],
    ["a field of fixed width", field("hello.txt", 32), field("a.txt", 32), "{pad32:{file}}"],
    ["stale memory behind a C string", field("ok", 16, "x"), field("ok", 16, "y"), "{cstr16:ok}"],
    ["a number that is a size only by chance", "40 ways", "40 ways", "40 ways"],
    ["a word that differs", "at 10:01 ok", "at 11:59 ok", "at {any} ok"],
    ["braces", "{a}", "{a}", "{(}a{)}"],
    ["nothing in common", "ab", "c", undefined],
  ];

  test.each(messages)(
    "%s",
    (_, one, other, template) => expect(inferTemplate(both(one, other))).toBe(template as string),
    QUICK,
  );
});

describe("a listing", () => {
  const names = ["a.txt", "a.txt.old", "b c.txt", "d"];
  const listings: [what: string, text: string, form: object | undefined][] = [
    ["a line for each", "a.txt\na.txt.old\nb c.txt\nd\n", { separator: "\n" }],
    ["no end", "a.txt, a.txt.old, b c.txt, d", { separator: ", ", tail: "" }],
    [
      "texts around each",
      "[<a.txt><a.txt.old><b c.txt><d>]",
      { separator: "", head: "[", item: "<{name}>", tail: "]" },
    ],
    ["a name is missing", "a.txt\na.txt.old\nd\n", undefined],
  ];

  test.each(listings)(
    "%s",
    (_, text, form) => {
      const found: object | undefined = inferListing(Buffer.from(text), names, false);
      expect(found).toEqual(form);
    },
    QUICK,
  );
});
