// What a seed draws is the same on every machine, and what is drawn is what it says.

import { expect, test } from "bun:test";
import { BINARY_KINDS, makeContent, SIZES, TEXT_KINDS } from "./content.ts";
import { deriveAbsentNames, drawSimilarNames } from "./names.ts";
import { Random } from "./random.ts";

const QUICK = 5_000; // these only compute

test(
  "a seed draws the same numbers for ever: a counterexample of last year is still one",
  () => {
    const random = new Random(1);
    expect(Array.from({ length: 6 }, () => random.below(100))).toEqual([36, 8, 82, 70, 14, 53]);
    expect(new Random(2).below(2 ** 31)).not.toBe(new Random(1).below(2 ** 31));
  },
  QUICK,
);

test(
  "a shuffle keeps everything",
  () => expect(new Random(7).shuffle(SIZES).toSorted((a, b) => a - b)).toEqual([...SIZES]),
  QUICK,
);

test.each([...TEXT_KINDS, ...BINARY_KINDS])(
  "a file of the kind %s has every size, and other bytes for another salt",
  (kind) => {
    for (const size of [0, ...SIZES])
      expect(makeContent({ name: "a", kind, size, salt: 1 }).length).toBe(size);
    const [one, other] = [1, 2].map((salt) => makeContent({ name: "a", kind, size: 99, salt }));
    expect(one?.equals(other ?? Buffer.alloc(0))).toBe(false);
  },
  QUICK,
);

test(
  "a text is UTF-8 of any size, and ends as its kind says",
  () => {
    for (const kind of TEXT_KINDS)
      for (const size of SIZES) {
        const bytes = makeContent({ name: "a", kind, size, salt: 3 });
        expect(Buffer.from(bytes.toString()).equals(bytes)).toBe(true);
        if (kind === "lines" || kind === "unended")
          expect(bytes.at(-1) === 10).toBe(kind === "lines");
      }
  },
  QUICK,
);

test(
  "similar names are different from each other, and no derived name is the name itself",
  () => {
    const names = drawSimilarNames(new Random(1));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(deriveAbsentNames(name)).not.toContain(name);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(60);
  },
  QUICK,
);
