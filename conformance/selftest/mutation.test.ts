// The suite bites: each mutant fails exactly what it declares, and each variant passes everything.

import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { CASES } from "../cases/all-cases.ts";
import { WAIVERS } from "../spec/waivers.ts";
import { removeProvisions } from "../subject/provision.ts";
import { makeTimeouts } from "../spec/timeouts.ts";
import { IS_FULL, longSelfTest } from "../runner/suite-selection.ts";
import type { Result } from "../runner/result.ts";
import { isNative, requirement, REQUIREMENTS } from "../spec/requirements.ts";
import {
  judgeTestProgram,
  type TestProgram,
  loadTestPrograms,
  describeDeviations,
} from "./mutant.ts";
import { Pool } from "../net/pool.ts";

const QUICK = 5_000; // these look at tables
/** A whole suite on one specimen, with the attempts that wait longest side by side. */
const SPECIMEN_LIMIT = 4 * makeTimeouts().case;

/** FT_SPECIMEN=client judges only those whose names contain it: for whoever writes a new one. */
const wanted = ({ name }: TestProgram): boolean => name.includes(Bun.env["FT_SPECIMEN"] ?? "");

const mutants = (await loadTestPrograms(join(import.meta.dir, "mutants"))).filter(wanted);
const variants = (await loadTestPrograms(join(import.meta.dir, "variants"))).filter(wanted);
const pool = new Pool(Number(Bun.env["FT_JOBS"] ?? 0) || 8);
/** Few at a time, or the first would wait for the last. */
const few = new Pool(5);
const kills = new Map<string, Set<string>>();

/** The base of all mutants is judged by everything; other variants, in the short form, by the assignment. */
function casesFor({ name, breaks }: TestProgram): typeof CASES {
  if (IS_FULL || name.startsWith("honest")) return CASES;
  const mutant = breaks.length > 0;
  return CASES.filter(({ id }) => (mutant ? breaks.includes(id) : !isNative(id)));
}

function note({ name }: TestProgram, results: readonly Result[]): void {
  for (const { id, verdict } of results) {
    if (verdict === "fail") kills.set(id, (kills.get(id) ?? new Set()).add(name));
  }
}

/** All are begun at once and share the pool, so that the long waits of one are filled by the next. */
const begun = new Map<TestProgram, Promise<Result[]>>();

function begin(): void {
  if (begun.size > 0) return;
  for (const specimen of [...mutants, ...variants]) {
    const running = few.run(() => judgeTestProgram(specimen, casesFor(specimen), pool));
    running.catch(() => {}); // it is awaited by its own test
    begun.set(specimen, running);
  }
}

function declaration({ name, breaks, leaves }: TestProgram): string {
  const left = leaves.length > 0 ? `no MUST, and leaves out ${leaves.join(", ")}` : "nothing";
  return `${name} breaks ${breaks.join(", ") || left}`;
}

function put(specimen: TestProgram): void {
  test(
    declaration(specimen),
    async () => {
      begin();
      const results = (await begun.get(specimen)) ?? [];
      note(specimen, results);
      expect(describeDeviations(specimen, results)).toEqual([]);
    },
    SPECIMEN_LIMIT,
  );
}

// A stranger's program is judged by the suite; the suite itself was judged before it was handed out.
longSelfTest("teeth", () => {
  for (const specimen of [...mutants, ...variants]) put(specimen);

  test.skipIf(Boolean(Bun.env["FT_SPECIMEN"]))(
    "every MUST is killed by a mutant",
    () => expect(idle()).toEqual([]),
    QUICK,
  );

  test(
    "every rule that a mutant declares exists",
    () => {
      const known = new Set(REQUIREMENTS.map(({ id }) => id));
      const declared = mutants.flatMap(({ breaks }) => breaks);
      expect(declared.filter((id) => !known.has(id))).toEqual([]);
      expect(mutants.filter(({ breaks }) => breaks.length === 0)).toEqual([]);
    },
    QUICK,
  );

  test(
    "a variant leaves out nothing but SHOULDs",
    () => {
      const left = variants.flatMap(({ leaves }) => leaves);
      expect(left.filter((id) => requirement(id).level === "MUST")).toEqual([]);
      expect(variants.flatMap(({ breaks }) => breaks)).toEqual([]);
    },
    QUICK,
  );

  afterAll(() => console.log(matrix()));
  afterAll(removeProvisions);
});

/** The rules that have to bite: each MUST that is not excused, and can be judged here. */
function judged(): string[] {
  const musts = REQUIREMENTS.filter(({ level }) => level === "MUST").map(({ id }) => id);
  const mute = (id: string): boolean =>
    !Bun.which("openssl") &&
    CASES.every(
      (one) =>
        one.id !== id || ["tls", "pin"].some((need) => one.needs.some((each) => each === need)),
    );
  return musts.filter((id) => !(id in WAIVERS) && !mute(id));
}

/** Those that have caught nothing. */
function idle(): string[] {
  return judged().filter((id) => !kills.has(id));
}

/** Which mutant is caught by which rule, and the rules that have caught none. */
function matrix(): string {
  const musts = judged().length;
  const rows = REQUIREMENTS.filter(({ id }) => kills.has(id)).map(
    ({ id, level }) =>
      `  ${id.padEnd(6)} ${level.padEnd(6)} ${[...(kills.get(id) ?? [])].join(", ")}`,
  );
  return [
    `\nkill matrix: ${mutants.length} mutants, ${musts - idle().length} of ${musts} MUST killed`,
    ...rows,
    `  MUST not killed: ${idle().join(" ") || "none"}`,
  ].join("\n");
}
