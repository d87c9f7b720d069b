// Draws runs that are about files: their contents, their names, and the listing.

import { BINARY_KINDS, type ContentKind, type FilePlan, SIZES, TEXT_KINDS } from "./content.ts";
import type { Limits } from "./limits.ts";
import { BLANK_NAMES, deriveAbsentNames, drawSimilarNames, ODD_NAMES } from "./names.ts";
import type { Plan, Round, Visit } from "./plan.ts";
import type { Random } from "./random.ts";

export type Draw = (random: Random, limits: Limits) => Plan;

export const get = (file: string): Visit => ({ act: "get", file });
export const alone = (visit: Visit): Round => ({ visits: [visit] });

/** Each file appears for one client, so that the directory stays small. */
function fetchEach(files: readonly FilePlan[]): Plan {
  const rounds = files.flatMap((file): Round[] => [
    { add: [file], visits: [get(file.name)] },
    { remove: [file.name], visits: [] },
  ]);
  return { files: [], rounds };
}

export const nameOf = (at: number): string => `file${at + 1}.txt`;

/** Every size around which a buffer may end. */
const drawContents =
  (kinds: readonly ContentKind[], sizes: readonly number[]): Draw =>
  (random, limits) => {
    const files = random
      .shuffle(sizes)
      .map((size, at) => ({ name: nameOf(at), kind: random.pick(kinds), size, salt: at + 1 }));
    return fetchEach(files.filter((file) => limits.allows(file)));
  };

export const textContents = drawContents(TEXT_KINDS, SIZES);

/** Each kind at some sizes. */
const BINARY_SIZES = [1, 2, 255, 256, 1_023, 1_024, 4_096, 5_000] as const;
export const binaryContents: Draw = (random, limits) => {
  const sizes = BINARY_KINDS.flatMap((kind) => BINARY_SIZES.map((size) => ({ kind, size })));
  const files = random
    .shuffle(sizes)
    .map((one, at) => ({ ...one, name: nameOf(at), salt: at + 1 }));
  return fetchEach(files.filter((file) => limits.allows(file)));
};

export const drawSmall = (random: Random, name: string, at: number): FilePlan => ({
  name,
  kind: "lines",
  size: 20 + random.below(60),
  salt: at + 1,
});

const drawFilesNamed =
  (names: readonly string[]): Draw =>
  (random, limits) => {
    const files = random.shuffle(names).map((name, at) => drawSmall(random, name, at));
    return fetchEach(files.filter((file) => limits.allows(file)));
  };

export const blankNames = drawFilesNamed(BLANK_NAMES);
export const oddNames = drawFilesNamed(ODD_NAMES);

/** Some of the names that look alike are there, and all of them are asked for. */
export const similarNames: Draw = (random, limits) => {
  const names = drawSimilarNames(random).filter((name) => limits.canSay(name));
  const files = names
    .filter(() => !random.oneIn(3))
    .map((name, at) => drawSmall(random, name, at))
    .filter((file) => limits.allows(file));
  const known = new Set(files.map(({ name }) => name));
  const similar = files.slice(0, 4).flatMap(({ name }) => deriveAbsentNames(name));
  const absent = [...names, ...similar].filter((name) => !known.has(name) && limits.canSay(name));
  const asked = [...known, ...new Set(absent)];
  return { files, rounds: random.shuffle(asked).map((name) => alone(get(name))) };
};

/** Names in a large directory: more than the first buffer of most programs holds. */
const MANY = 48;

/** Listings of a directory that changes, from a few files to many. */
export const listings: Draw = (random, limits) => {
  const similar = drawSimilarNames(random);
  const many = Array.from(
    { length: MANY },
    (_, at) => `${random.pick(similar).slice(0, -4)}-${at}.txt`,
  );
  const files = [...similar, ...many]
    .filter((name) => limits.canSay(name))
    .map((name, at) => drawSmall(random, name, at));
  const [first, rest] = [files.slice(0, 3), files.slice(3)];
  const list = { act: "list" } as const;
  const few = rest.slice(0, 4);
  return {
    files: first,
    rounds: [
      alone(list),
      { add: few, visits: [list] },
      { remove: [...few, ...first].slice(0, 3).map(({ name }) => name), visits: [list] },
      { add: rest.slice(4), visits: [list] },
      alone(list),
    ],
  };
};
