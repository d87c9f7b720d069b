// The kinds of runs against a server: each looks where one rule may break.

import { applies } from "../spec/verdict.ts";
import { isSequential } from "../subject/config.ts";
import type { CaseContext } from "../harness/context.ts";
import { BINARY_KINDS, type ContentKind, type FilePlan, SIZES, TEXT_KINDS } from "./content.ts";
import type { Profile } from "./explore.ts";
import { leaveOutBroken } from "./calibrate.ts";
import { Limits } from "./limits.ts";
import { BLANK_NAMES, deriveAbsentNames, drawSimilarNames, ODD_NAMES } from "./names.ts";
import { countVisits, describePlan, type Plan, type Round, type Visit } from "./plan.ts";
import { playPlan } from "./play.ts";
import type { Random } from "./random.ts";
import { simplifyPlan } from "./simplify.ts";
import type { Violation } from "./violation.ts";

type Draw = (random: Random, limits: Limits) => Plan;

export interface RunOptions {
  /** Whether to look at the directory at the end. */
  checksDirectory?: boolean;
  hasOtherCases?: boolean;
}

/** A kind of runs from the way to draw them. */
export const serverRuns = (
  draw: Draw,
  { checksDirectory = false, hasOtherCases = false }: RunOptions = {},
): Profile<Plan> => ({
  draw: (random, context, id) => {
    const isSlow = hasOtherCases && isSequential(context.config);
    applies(!isSlow, "with a fixed port, the cases of its step are enough");
    return leaveOutBroken(context, draw(random, new Limits(context)), { id, hasOtherCases });
  },
  play: (context: CaseContext, run: Plan, until: number) =>
    playPlan(context, run, { until, checksDirectory }),
  simplify: simplifyPlan,
  narrow: ({ files, rounds }, step, count) => ({
    files,
    rounds: rounds.slice(Math.max(0, step + 1 - count), step + 1),
  }),
  describe: describePlan,
  blame,
});

/** What one client alone shows is its own rule. What it takes others to show is about the next client. */
function blame(plan: Plan, { rule, isUnserved, step }: Violation): string {
  if (countVisits(plan) <= 1 || rule === "S7.26") return rule;
  // The listing of a directory that has changed, or a name beside a similar one, needs no other client.
  if (!isUnserved) return rule === "S7.8" && plan.rounds.some(hasChange) ? rule : "S9.8";
  const before = plan.rounds.slice(0, step ?? -1).flatMap(({ visits }) => visits);
  if (before.some(({ departure, isDeaf }) => departure !== undefined || isDeaf)) return "S9.3";
  if (plan.rounds.some(({ visits }) => visits.length > 1)) return "S9.8";
  return before.every((visit) => isSuccess(visit, plan)) ? "S9.1" : "S9.2";
}

const hasChange = ({ add = [], remove = [] }: Round): boolean => add.length + remove.length > 0;

const isSuccess = ({ act, file }: Visit, { files, rounds }: Plan): boolean =>
  act === "list" ||
  (act === "get" &&
    [...files, ...rounds.flatMap(({ add = [] }) => add)].some(({ name }) => name === file));

const get = (file: string): Visit => ({ act: "get", file });
const alone = (visit: Visit): Round => ({ visits: [visit] });

/** Each file appears for one client, so that the directory stays small. */
function fetchEach(files: readonly FilePlan[]): Plan {
  const rounds = files.flatMap((file): Round[] => [
    { add: [file], visits: [get(file.name)] },
    { remove: [file.name], visits: [] },
  ]);
  return { files: [], rounds };
}

const nameOf = (at: number): string => `file${at + 1}.txt`;

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

const drawSmall = (random: Random, name: string, at: number): FilePlan => ({
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

/** Sizes that make one client leave much in a buffer, and the next one little. */
const MIXED_SIZES = [
  1, 9, 40, 100, 255, 512, 600, 1_023, 1_024, 1_025, 4_096, 8_192, 20_000, 65_537,
];

function drawMixedFiles(random: Random, limits: Limits): FilePlan[] {
  return random
    .shuffle(MIXED_SIZES)
    .slice(0, 6)
    .map((size, at) => ({ name: nameOf(at), kind: random.pick(TEXT_KINDS), size, salt: at + 1 }))
    .filter((file) => limits.allows(file));
}

const ABSENT = ["missing.txt", "no-such-file-of-a-longer-name.txt", "x.txt"] as const;

function drawVisit(random: Random, files: readonly FilePlan[]): Visit {
  const kind = random.below(8);
  if (kind === 0) return { act: "invalid" };
  if (kind === 1) return get(random.pick(ABSENT));
  if (kind <= 3 || files.length === 0) return { act: "list" };
  return get(random.pick(files).name);
}

/** From 10 to 60 clients, one after the other and at once. */
const drawMixed =
  (isStill: boolean): Draw =>
  (random, limits) => {
    const files = drawMixedFiles(random, limits);
    const visit = (): Visit => {
      const one = drawVisit(random, files);
      return isStill || !random.oneIn(8)
        ? one
        : { ...one, departure: drawDeparture(random, limits) };
    };
    const rounds = Array.from({ length: 10 + random.below(20) }, () => {
      const atOnce = limits.takesMany && random.oneIn(3) ? 2 + random.below(3) : 1;
      return { visits: Array.from({ length: atOnce }, visit) };
    });
    return { files, rounds };
  };

const drawDeparture = (random: Random, { stages }: Limits): NonNullable<Visit["departure"]> => ({
  at: random.pick(stages),
  how: random.pick(["close", "abort"]),
});

export const mixed = drawMixed(false);
/** Without departures, which have a rule of their own. */
export const calm = drawMixed(true);

/** After each of these clients an ordinary one is served. */
function followEach(random: Random, files: readonly FilePlan[], visits: readonly Visit[]): Plan {
  const next = (): Visit => (random.oneIn(3) ? { act: "list" } : get(random.pick(files).name));
  return { files: [...files], rounds: visits.flatMap((visit) => [alone(visit), alone(next())]) };
}

/** At every stage, by FIN and by RST, in every kind of conversation. */
export const departures: Draw = (random, limits) => {
  const files = [drawSmall(random, nameOf(0), 0)];
  const large = { name: nameOf(1), kind: "lines", size: 3_000_000, salt: 2 } as const;
  const all = limits.allows(large) ? [...files, large] : files;
  const acts: Visit[] = [
    { act: "list" },
    get(nameOf(all.length - 1)),
    get(ABSENT[0]),
    { act: "invalid" },
  ];
  const leaving = acts.flatMap((act) =>
    limits.stages.flatMap((at) =>
      (["close", "abort"] as const).map((how) => ({ ...act, departure: { at, how } })),
    ),
  );
  const deaf = acts.slice(0, 3).map((act) => ({ ...act, isDeaf: true }));
  return { ...followEach(random, files, random.shuffle([...leaving, ...deaf])), files: all };
};

const FAILING = 24;

/** Commands that fail, and requests that are nearly right. */
export const failures: Draw = (random) => {
  const files = [drawSmall(random, nameOf(0), 0)];
  const visits = Array.from({ length: FAILING }, (): Visit => {
    const kind = random.below(4);
    if (kind === 0) return { act: "invalid" };
    if (kind === 1) return get(random.pick(["folder", "."]));
    if (kind === 2) return get(random.pick(ABSENT));
    return { act: "nearly right", file: nameOf(0), change: random.below(64) };
  });
  return followEach(random, files, visits);
};

const SUCCESSES = 40;

/** More clients than any fixed table of a program holds, all of them served. */
export const successes: Draw = (random, limits) => {
  const files = drawMixedFiles(random, limits);
  const visits = Array.from({ length: SUCCESSES }, (): Visit =>
    random.oneIn(3) || files.length === 0 ? { act: "list" } : get(random.pick(files).name),
  );
  return { files, rounds: visits.map(alone) };
};
