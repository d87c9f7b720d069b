// Tests how bytes are shown and compared, and what a timeline keeps.

import { expect, test } from "bun:test";
import { describeDifference, show, showText } from "./bytes.ts";
import { Timeline } from "./timeline.ts";

const QUICK = 5_000; // nothing here waits

test(
  "of a flood of moments the first and the last are kept, and the rest is counted",
  () => {
    const timeline = new Timeline();
    for (let at = 0; at < 50_000; at++) timeline.mark("P", "subject", "data", String(at));
    expect(timeline.moments.length).toBeLessThan(5_000);
    expect(timeline.moments[0]?.text).toBe("0");
    expect(timeline.moments.at(-1)?.text).toBe("49999");
    const gap = timeline.moments.find(({ track }) => track === "suite");
    expect(gap?.text).toBe(`${50_001 - timeline.moments.length} moments are left out here`);
  },
  QUICK,
);

test(
  "every byte that is not plain text is escaped",
  () => {
    expect(show(Uint8Array.of(65, 0, 10, 13, 9, 34, 92, 27, 255))).toBe(
      '"A\\x00\\n\\r\\t\\"\\\\\\x1b\\xff"',
    );
    expect(show("abcdef", 3)).toBe('"abc" and 3 bytes more');
    expect(show(`*${"\0".repeat(255)}end`)).toBe('"*[\\x00 × 255]end"');
  },
  QUICK,
);

test(
  "padding and blanks are described in another way than a wrong byte",
  () => {
    const file = Buffer.from("one\ntwo\n");
    expect(describeDifference(file, Buffer.from("one\ntwo\n"))).toBeUndefined();
    expect(describeDifference(file, Buffer.from("one\ntwo\n\0\0"))).toContain("NUL padding");
    expect(describeDifference(file, Buffer.from("one\ntwo"))).toContain("newlines at the end");
    expect(describeDifference(file, Buffer.from("one\0\ntwo\n"))).toContain("only NUL bytes");
    expect(describeDifference(file, Buffer.from("one\nten\n"))).toContain("byte 5");
    expect(describeDifference(file, Buffer.from("one\nt"))).toEndWith(
      "right so far, then it ends at byte 5",
    );
    expect(describeDifference(file, Buffer.from("one\ntwo\nten\n"))).toEndWith(
      'all of them, and then "ten\\n"',
    );
  },
  QUICK,
);

test(
  "a timeline joins the pieces of a long transfer and wakes a waiting caller",
  async () => {
    const timeline = new Timeline();
    const waiting = timeline.waitUntil(() => timeline.moments.length > 1, QUICK / 2);
    for (let piece = 0; piece < 5; piece++)
      timeline.markData("Q", "subject", "data", Buffer.alloc(100));
    timeline.mark("P", "suite", "FIN");
    expect(await waiting).toBe(true);
    expect(timeline.moments.map(({ kind, bytes }) => [kind, bytes])).toEqual([
      ["data", 500],
      ["FIN", undefined],
    ]);
    expect(String(timeline)).toMatch(/ms {2}Q <- +data 500 bytes .*\n.*P -> +FIN$/);
    expect(await timeline.waitUntil(() => false, 10)).toBe(false);
  },
  QUICK,
);

const printed: [string | Uint8Array, number, string][] = [
  ["Démarré — “prêt”\n", 400, '"Démarré — “prêt”\\n"'],
  ["é\u001b[31m\u202e\u009b", 400, '"é\\x1b[31m\\xe2\\x80\\xae\\xc2\\x9b"'],
  [Buffer.from("D\xe9marr\xe9", "latin1"), 400, '"D\\xe9marr\\xe9"'],
  ["x".repeat(20), 400, '"[x × 20]"'],
  ["äb".repeat(9), 3, '"bäb"'],
];

test.each(printed)(
  "%j is shown to a person",
  (text, maximum, shown) => expect(showText(Buffer.from(text as string), maximum)).toBe(shown),
  QUICK,
);
