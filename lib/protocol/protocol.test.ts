// The grammar of P: what is a request and what is a reply, and nothing else is.

import { describe, expect, test } from "bun:test";
import {
  formatReply,
  formatRequest,
  MAX_LINE,
  parseReply,
  parseRequest,
  type Request,
} from "./protocol.ts";
import { catchFailure } from "../testing/testing.ts";
import { hasControls } from "../text.ts";

const request = (text: string) => parseRequest(Buffer.from(text));
const reply = (text: string) => parseReply(Buffer.from(text));

describe("a request", () => {
  const GOOD: [string, Request][] = [
    ["-l 30021", { kind: "list", dataPort: 30_021 }],
    ["-g notes.txt 1024", { kind: "get", name: "notes.txt", dataPort: 1024 }],
    ["-g a b  c 65535", { kind: "get", name: "a b  c", dataPort: 65_535 }],
    ["-g  both ends  2000", { kind: "get", name: " both ends ", dataPort: 2000 }],
    ["-g 2000 3000", { kind: "get", name: "2000", dataPort: 3000 }],
    ["-g -l 3000", { kind: "get", name: "-l", dataPort: 3000 }],
    ["-g ä€😀 3000", { kind: "get", name: "ä€😀", dataPort: 3000 }],
    ["-g \ufeffbom 3000", { kind: "get", name: "\ufeffbom", dataPort: 3000 }],
    ["-g  3000", { kind: "get", name: "", dataPort: 3000 }],
    ["USER some one", { kind: "user", name: "some one" }],
    ["PASS  spaces ", { kind: "pass", password: " spaces " }],
    ["REST 0", { kind: "rest", offset: 0 }],
    ["REST 9007199254740991", { kind: "rest", offset: Number.MAX_SAFE_INTEGER }],
    ["HASH", { kind: "hash" }],
    ["PASV", { kind: "passive" }],
  ];
  test.each(GOOD)(
    "%j is understood",
    (text, expected) => {
      expect(request(text)).toEqual(expected);
    },
    1000,
  );

  const BAD: [number, string][] = [
    ...[
      "",
      " ",
      "-x 3000",
      "-L 3000",
      "-list 3000",
      "LIST",
      "user a",
      "hash",
      "pasv",
      "-l\u00a03000",
      "\ufeff-l 3000",
    ].map((text): [number, string] => [500, text]),
    ...["-l", "-l ", "-l 80", "-l 0", "-l 65536", "-l 3e4", "-l 0x7530", "-l 30021 ", "-l  30021"],
    ...["-l 30021 30022", "-l -1", `-l ${"9".repeat(80)}`, "-g", "-g ", "-g 3000", "-g a", "-g a "],
    ...["-g a 80", "-g a 3000 ", "-g a 65536", "-g a 1e4", "USER", "USER ", "PASS", "PASS "],
    ...[
      "REST",
      "REST ",
      "REST -1",
      "REST 1.5",
      "REST 1e3",
      "REST 0x10",
      "REST 1 ",
      "HASH x",
      "PASV 1",
    ],
    ...["REST 9007199254740992", "REST 99999999999999999999", "-g a\0b 3000", "-g a\tb 3000"],
    ...["-g a\rb 3000", "-g \u001b[2J 3000", "-g a\u007fb 3000", "-g a\u2028b 3000", "USER a\rb"],
  ].map((entry): [number, string] => (typeof entry === "string" ? [501, entry] : entry));
  test.each(BAD)(
    "gets %i if it is %j",
    async (code, text) => {
      const failure = await catchFailure(() => request(text));
      expect(failure).toMatchObject({ kind: "refused", code });
      expect(hasControls(failure.message)).toBe(false);
    },
    1000,
  );

  test("that is not valid UTF-8 gets 501", async () => {
    for (const bytes of [
      [0xff],
      [0xc3],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
    ]) {
      const line = Buffer.concat([Buffer.from("-g a"), Buffer.from(bytes), Buffer.from(" 3000")]);
      expect(await catchFailure(() => parseRequest(line))).toMatchObject({ code: 501 });
    }
  }, 1000);

  test("that is refused is not quoted in full", async () => {
    expect((await catchFailure(() => request("x".repeat(4000)))).message.length).toBeLessThan(300);
  }, 1000);

  test("is formatted as a line that is parsed to the same request", () => {
    for (const [, expected] of GOOD) {
      const line = formatRequest(expected);
      expect(line).toEndWith("\n");
      expect(request(line.slice(0, -1))).toEqual(expected);
    }
  }, 1000);

  test("cannot be hidden in a file name, a user name or a password", async () => {
    for (const evil of ["a 3000\n-l 3000", "a\r", "a\0", "\u001b[2J", "a\u0085"]) {
      const kinds: Request[] = [
        { kind: "get", name: evil, dataPort: 3000 },
        { kind: "user", name: evil },
        { kind: "pass", password: evil },
      ];
      for (const kind of kinds) {
        const failure = await catchFailure(() => formatRequest(kind));
        expect(failure).toMatchObject({ kind: "usage" });
        expect(hasControls(failure.message)).toBe(false);
      }
    }
  }, 1000);

  test("may be as long as a line may be, and no longer", async () => {
    const get = (length: number) =>
      formatRequest({ kind: "get", name: "x".repeat(length), dataPort: 3000 });
    expect(get(MAX_LINE - "-g  3000\n".length)).toHaveLength(MAX_LINE);
    expect(await catchFailure(() => get(MAX_LINE - "-g  3000\n".length + 1))).toMatchObject({
      kind: "usage",
    });
    const wide: Request = { kind: "user", name: "ä".repeat(2046) };
    expect(await catchFailure(() => formatRequest(wide))).toMatchObject({ kind: "usage" });
  }, 1000);
});

describe("a reply", () => {
  test("is a code, fields and a text, and is parsed to the same", () => {
    const line = formatReply(150, "Here it comes.", {
      bytes: 12,
      port: 40_000,
      version: "a-1.b_2",
    });
    expect(line).toBe("150 bytes=12 port=40000 version=a-1.b_2 Here it comes.\n");
    expect(reply(line.slice(0, -1))).toEqual({
      code: 150,
      fields: new Map([
        ["bytes", "12"],
        ["port", "40000"],
        ["version", "a-1.b_2"],
      ]),
      text: "Here it comes.",
    });
  }, 1000);

  test("may have unknown fields, and an equals sign in its text", () => {
    const { fields, text } = reply("226 bytes=5 mood=good x2= Sent; a=b is text, bytes=6 too.");
    expect(Object.fromEntries(fields)).toEqual({ bytes: "5", mood: "good", x2: "" });
    expect(text).toBe("Sent; a=b is text, bytes=6 too.");
  }, 1000);

  test("that has no text after its last field has that field as its text", () => {
    expect(reply("226 bytes=5")).toEqual({ code: 226, fields: new Map(), text: "bytes=5" });
  }, 1000);

  const GARBAGE = ["", " ", "226", "226 ", "22 x", "2266 x", "226x", "226-x", "026 x", "626 x"];
  test.each([...GARBAGE, " 226 x", "HTTP/1.1 400 Bad Request", "220\tx", "\u001b[2J", "٢٢٦ x"])(
    "is not %j",
    async (text) => {
      const failure = await catchFailure(() => reply(text));
      expect(failure).toMatchObject({ kind: "protocol" });
      expect(hasControls(failure.message)).toBe(false);
    },
    1000,
  );

  test("is one line without control characters, whatever its text has", () => {
    const line = formatReply(550, "File not found: a\r\n226 bytes=0 ok\u001b[2J\0\u2028");
    expect(line.indexOf("\n")).toBe(line.length - 1);
    expect(hasControls(line.slice(0, -1))).toBe(false);
    expect(reply(line.slice(0, -1))).toMatchObject({ code: 550, fields: new Map() });
  }, 1000);

  test("is never longer than a line may be, and is cut between characters", () => {
    for (const text of ["x".repeat(10_000), "ä€😀".repeat(3000), "\u001b".repeat(4000)]) {
      const line = Buffer.from(formatReply(550, text, { bytes: 5 }));
      expect(line.length).toBeLessThanOrEqual(MAX_LINE);
      expect(line.length).toBeGreaterThan(MAX_LINE - 8);
      expect(line.toString()).not.toContain("\ufffd");
      expect(line.toString()).toEndWith("…\n");
    }
  }, 1000);
});
