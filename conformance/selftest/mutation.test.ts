// The suite catches faults: each mutant fails exactly the rules that it declares, and each variant passes all rules.

import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { CASES } from "../cases/all-cases.ts";
import { cases as generatedClient } from "../cases/generated-client.ts";
import { cases as generatedServer } from "../cases/generated-server.ts";
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
/** A whole suite on one program, beside those of other programs. */
const PROGRAM_LIMIT = 4 * makeTimeouts().case;

/** FT_SPECIMEN=client tests only the programs with `client` in their names: to write a new one. */
const wanted = ({ name }: TestProgram): boolean => name.includes(Bun.env["FT_SPECIMEN"] ?? "");

const mutants = (await loadTestPrograms(join(import.meta.dir, "mutants"))).filter(wanted);
const variants = (await loadTestPrograms(join(import.meta.dir, "variants"))).filter(wanted);
/** Most of the time of a case is waiting. */
const pool = new Pool(Number(Bun.env["FT_JOBS"] ?? 0) || 16);
/** Only some programs are tested: then most rules catch none. */
const IS_SELECTION = Boolean(Bun.env["FT_SPECIMEN"]);

const kills = new Map<string, Set<string>>();

/** Variants that are built on each other have the same parts: a few of them are enough for the runs that are generated. */
const THOROUGH = ["honest-server", "honest-client", "python-server", "python-client"];
const GENERATED = new Set([...generatedServer, ...generatedClient]);

/** In the short form, mutants are tested by the rules that they declare, and most variants by the cases of the assignment that somebody wrote. */
function casesFor({ name, breaks, hides }: TestProgram): typeof CASES {
  if (IS_FULL || name.startsWith("honest")) return CASES;
  if (breaks.length > 0) return CASES.filter(({ id }) => [...breaks, ...hides].includes(id));
  const isThorough = THOROUGH.includes(name);
  return CASES.filter((one) => !isNative(one.id) && (isThorough || !GENERATED.has(one)));
}

const hasLongCase = (program: TestProgram): boolean =>
  casesFor(program).some(({ isLong, role }) => isLong && role === program.role);

function recordKills({ name }: TestProgram, results: readonly Result[]): void {
  for (const { id, verdict } of results) {
    if (verdict === "fail") kills.set(id, (kills.get(id) ?? new Set()).add(name));
  }
}

/** All begin at once and share the pool: while one waits, the next one runs. */
const runs = new Map<TestProgram, Promise<Result[]>>();

function beginAll(): void {
  if (runs.size > 0) return;
  const all = [...variants, ...mutants];
  // The long waits begin first, so that the short ones fill the time beside them.
  for (const program of all.toSorted((a, b) => Number(hasLongCase(b)) - Number(hasLongCase(a)))) {
    const isBrief = !IS_FULL && program.breaks.length > 0;
    const running = judgeTestProgram(program, casesFor(program), pool, isBrief);
    running.catch(() => {}); // its own test awaits it
    runs.set(program, running);
  }
}

function nameOf({ name, breaks, leaves }: TestProgram): string {
  const left = leaves.length > 0 ? `no MUST, but the SHOULD rules ${leaves.join(", ")}` : "nothing";
  return `${name} breaks ${breaks.join(", ") || left}`;
}

function register(program: TestProgram): void {
  test(
    nameOf(program),
    async () => {
      beginAll();
      const results = (await runs.get(program)) ?? [];
      recordKills(program, results);
      expect(describeDeviations(program, results)).toEqual([]);
    },
    PROGRAM_LIMIT,
  );
}

longSelfTest("mutation tests", () => {
  for (const program of [...mutants, ...variants]) register(program);

  test.skipIf(IS_SELECTION)(
    "every MUST rule catches a mutant",
    () => expect(idleRules()).toEqual([]),
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
    "a variant breaks only SHOULD rules",
    () => {
      const left = variants.flatMap(({ leaves }) => leaves);
      expect(left.filter((id) => requirement(id).level === "MUST")).toEqual([]);
      expect(variants.flatMap(({ breaks }) => breaks)).toEqual([]);
    },
    QUICK,
  );

  afterAll(() => console.log(formatMatrix()));
  afterAll(removeProvisions);
});

/** The MUST rules that can be tested on this machine. */
function testableRules(): string[] {
  const musts = REQUIREMENTS.filter(({ level }) => level === "MUST").map(({ id }) => id);
  const isUntestable = (id: string): boolean =>
    !Bun.which("openssl") &&
    CASES.every(
      (one) =>
        one.id !== id || ["tls", "pin"].some((need) => one.needs.some((each) => each === need)),
    );
  return musts.filter((id) => !(id in WAIVERS) && !isUntestable(id));
}

/** The MUST rules that have caught no mutant. */
function idleRules(): string[] {
  return testableRules().filter((id) => !kills.has(id));
}

/** Which rule catches which mutants. */
function formatMatrix(): string {
  const musts = testableRules().length;
  const rows = REQUIREMENTS.filter(({ id }) => kills.has(id)).map(
    ({ id, level }) =>
      `  ${id.padEnd(6)} ${level.padEnd(6)} ${[...(kills.get(id) ?? [])].join(", ")}`,
  );
  const head = `\nkill matrix: ${mutants.length} mutants; ${musts - idleRules().length} of ${musts} MUST rules catch one`;
  const idle = `  MUST rules that catch none: ${idleRules().join(" ") || "none"}`;
  return [head, ...rows, ...(IS_SELECTION ? [] : [idle])].join("\n");
}
