// Draws runs that are about clients: many of them, at once, with commands that fail, and with departures.

import { type FilePlan, TEXT_KINDS } from "./content.ts";
import { alone, type Draw, drawSmall, get, nameOf } from "./draw-files.ts";
import type { Limits } from "./limits.ts";
import type { Plan, Visit } from "./plan.ts";
import type { Random } from "./random.ts";

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
