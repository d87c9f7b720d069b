// Draws runs against a client: what it fetches, how its server behaves, and what is in its directory before.

import type { CaseContext } from "../harness/context.ts";
import { BINARY_KINDS, type ContentKind, type FilePlan, SIZES, TEXT_KINDS } from "./content.ts";
import type { Before, Behaviour, End, Fetch } from "./fetch.ts";
import { drawSimilarNames } from "./names.ts";
import type { Random } from "./random.ts";

export type DrawFetches = (random: Random, context: CaseContext) => Fetch[];

const NAME = "file1.txt";
const HONEST: Behaviour = { act: "honest" };
const ENDS: readonly End[] = ["close", "abort"];

const drawFile = (
  random: Random,
  at: number,
  kinds: readonly ContentKind[],
  name = NAME,
): FilePlan => ({
  name,
  kind: random.pick(kinds),
  size: random.pick(SIZES),
  salt: at + 1,
});

/** Files of a listing that nobody fetches. */
const NO_FILE: FilePlan = { name: NAME, kind: "lines", size: 0, salt: 0 };

const small = (name = NAME): FilePlan => ({ name, kind: "lines", size: 300, salt: 1 });

/** So many files, from the whole range of sizes. */
const FILES = 12;
/** Pieces of the slowest server: a large file comes in larger ones. */
const PIECES = 12;

const drawBehaviour = (random: Random, { size }: FilePlan): Behaviour =>
  random.oneIn(3) ? { act: "slow", piece: Math.max(1, Math.ceil(size / PIECES)) } : HONEST;

export const contents =
  (kinds: readonly ContentKind[]): DrawFetches =>
  (random) => {
    const names = random.shuffle(drawSimilarNames(random));
    const sizes = random.shuffle(SIZES);
    return Array.from({ length: FILES }, (_, at): Fetch => {
      const drawn = drawFile(random, at, kinds, names[at % names.length]);
      const file = { ...drawn, size: sizes[at] ?? drawn.size };
      return { kind: "get", file, behaviour: drawBehaviour(random, file) };
    });
  };

export const texts: DrawFetches = (random, context) => {
  const cut: Fetch = {
    kind: "get",
    file: small(),
    behaviour: { act: "cut", share: 0.5, how: "abort" },
  };
  // What a transfer that was cut has left must not get into the next one.
  return [cut, { ...cut, behaviour: HONEST }, ...contents(TEXT_KINDS)(random, context)];
};
export const binaries = contents(BINARY_KINDS);

/** Bytes of listings: a line is about 16. */
const LISTINGS = [3, 63, 64, 65, 128, 256, 257, 600, 1_300];

export const listings: DrawFetches = (random) =>
  random
    .shuffle(LISTINGS)
    .slice(0, 5)
    .map((count) => ({
      kind: "list",
      file: NO_FILE,
      names: Array.from({ length: count }, (_, at) => `file-${10_000 + at}.txt`),
      behaviour: HONEST,
    }));

const BEFORE: readonly Before[] = ["file", "empty file", "read-only file", "link", "directory"];

/** Something has the name of the file already. */
export const duplicates: DrawFetches = (random) =>
  random
    .shuffle(BEFORE)
    .map((before) => ({ kind: "get", file: small(), before, behaviour: HONEST }));

export const successes: DrawFetches = (random) => [
  { kind: "list", file: NO_FILE, names: ["alpha.txt", "omega.txt"], behaviour: HONEST },
  ...[1, 2, 3].map((at): Fetch => {
    const file = { ...drawFile(random, at, TEXT_KINDS), size: 1 + random.below(5_000) };
    return { kind: "get", file, behaviour: HONEST };
  }),
];

export const refusals: DrawFetches = () =>
  [NAME, "missing.txt", "a-name-that-is-somewhat-longer.txt"].map((name) => ({
    kind: "get",
    file: small(name),
    behaviour: { act: "refuse" },
  }));

/** Where a server cuts a file: behind nothing, a byte, some, and all bytes but the last. */
const SHARES = [0, 0.01, 0.5, 1] as const;

export const cuts: DrawFetches = (random) => {
  const files = [300, 70_000].map((size) => ({ ...small(), size }));
  const all = files.flatMap((file) =>
    SHARES.flatMap((share) =>
      ENDS.map((how): Fetch => ({ kind: "get", file, behaviour: { act: "cut", share, how } })),
    ),
  );
  return [{ kind: "get", file: small(), behaviour: HONEST }, ...random.shuffle(all).slice(0, 8)];
};

/** All that a client reports: what worked, what was refused, and what was cut. */
export const reports: DrawFetches = (random, context) => [
  { kind: "get", file: small(), behaviour: HONEST },
  ...refusals(random, context).slice(0, 1),
  ...cuts(random, context).slice(1, 5),
];

/** The server dies at every step and at every byte. */
export const deaths: DrawFetches = (random, context) => {
  const { steps } = context.dialect.get;
  const atSteps = steps.flatMap((_, step) =>
    ENDS.map((how): Fetch => ({
      kind: "get",
      file: small(),
      behaviour: { act: "die", step, how },
    })),
  );
  return random.shuffle([...atSteps, ...cuts(random, context).slice(1, 6)]);
};
