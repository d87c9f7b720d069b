// A program that tests the suite: a mutant, which must fail, or a variant, which must pass.

import { basename } from "node:path";
import { makeConfig } from "../subject/config.ts";
import { CAPABILITIES, type Extras, optionFor } from "../subject/capability.ts";
import type { TestCase } from "../harness/test-case.ts";
import { NO_OPENSSL } from "../subject/certificates.ts";
import { loadDialect } from "../dialect/load.ts";
import { makeTimeouts } from "../spec/timeouts.ts";
import type { Result } from "../runner/result.ts";
import { Pool } from "../net/pool.ts";
import { runCase } from "../runner/run-case.ts";

export interface TestProgram {
  name: string;
  role: TestCase["role"];
  command: string;
  /** The rules that it breaks; none for a variant. */
  breaks: readonly string[];
  /** The rules about which nothing can be said because of those: they must not pass. */
  hides: readonly string[];
  /** The SHOULD rules that a variant does not follow. */
  leaves: readonly string[];
  /** Whether it claims the native dialect; otherwise only the rules of the assignment apply. */
  native: boolean;
  /** Its commands for what is optional; none if it is not built on the reference programs. */
  extras: Extras;
}

/** A busy machine may need a larger one. */
const SCALE = Number(Bun.env["FT_TIMEOUT_SCALE"] ?? Bun.env["FT_PATIENCE"] ?? 1);

const ARGUMENTS = { server: "{port}", client: "{host} {port} {command} {file} {dataport}" };

export const commandTemplate = (
  program: string,
  role: TestCase["role"],
  call = ARGUMENTS[role],
): string => `${program} ${call}`;

/** The options of the reference programs for what is optional. */
const OPTIONS = {
  server: { login: "--login {user} {password}", tls: "--tls {cert} {key}", pin: undefined },
  client: { login: "--login {user}", tls: "--tls {ca}", pin: "--pin {pin}" },
};

export function extrasOf(command: string, role: TestCase["role"]): Extras {
  const pairs = CAPABILITIES.flatMap((each) => {
    const option = OPTIONS[role][each];
    return option ? [[optionFor(role, each), `${command} ${option}`]] : [];
  });
  return Object.fromEntries(pairs) as Extras;
}

interface Declaration {
  role: TestCase["role"];
  breaks?: string[];
  hides?: string[];
  leaves?: string[];
  native?: boolean;
  /** How it is called, if that is unusual. */
  call?: string;
  /** The program, if it is not the file itself. */
  program?: string[];
}

/** The programs of a directory: each file declares its role, and a mutant the rules that it breaks. */
export async function loadTestPrograms(directory: string): Promise<TestProgram[]> {
  const paths = [...new Bun.Glob("*.ts").scanSync({ cwd: directory, absolute: true })].sort();
  return Promise.all(
    paths.map(async (path) => {
      const declared = (await import(path)) as Declaration;
      const { role, breaks = [], hides = [], leaves = [], native = true, call } = declared;
      const { program = ["bun", path] } = declared;
      const words = program.map((word) => JSON.stringify(word)).join(" ");
      const command = commandTemplate(words, role, call);
      const extras = declared.program || call ? {} : extrasOf(command, role);
      const name = basename(path, ".ts");
      return { name, role, command, breaks, hides, leaves, native, extras };
    }),
  );
}

/**
 * Tests a program by the rules of the native dialect, which include the assignment, or by the assignment alone. If
 * `isBrief`, a rule is tested only until one of its cases shows what the program declares of it.
 */
export async function judgeTestProgram(
  { role, command, breaks, hides, native, extras }: TestProgram,
  cases: readonly TestCase[],
  pool: Pool,
  isBrief: boolean,
): Promise<Result[]> {
  const server = await loadDialect(native ? "native" : "plain");
  const dialects = { server, client: await loadDialect("native") };
  const config = makeConfig({
    [role]: command,
    ...{ dialects, native, extras },
    strict: true,
    answer: "n\n",
    timeouts: makeTimeouts(SCALE),
  });
  // A rule that must not pass needs no second try; a rule that must pass may have one.
  const attempts = (id: string): number => ([...breaks, ...hides].includes(id) ? 1 : 2);
  const run = (one: TestCase): Promise<Result> =>
    pool.run(() => runCase(one, config, { attempts: attempts(one.id) }));
  const runRule = async (id: string, some: readonly TestCase[]): Promise<Result[]> => {
    if (!isBrief) return Promise.all(some.map(run));
    const results: Result[] = [];
    // The quick cases first.
    for (const one of some.toSorted((a, b) => Number(a.isLong) - Number(b.isLong))) {
      const result = await run(one);
      results.push(result);
      if (result.verdict === (breaks.includes(id) ? "fail" : "inconclusive")) break;
    }
    return results;
  };
  const runAll = async (some: readonly TestCase[]): Promise<Result[]> => {
    const rules = Map.groupBy(some, ({ id }) => id);
    return (await Promise.all([...rules].map(([id, of]) => runRule(id, of)))).flat();
  };
  const selected = cases.filter((one) => one.role === role);
  const results = await runAll(selected);
  // On a busy machine a fault is missed now and then: look again.
  const missed = findMissed(breaks, results);
  const again = await runAll(selected.filter(({ id }) => missed.includes(id)));
  return [...results.filter(({ id }) => !missed.includes(id)), ...again];
}

/** The rules that a mutant breaks without a failed result. */
function findMissed(breaks: readonly string[], results: readonly Result[]): string[] {
  const failed = new Set(results.filter(({ verdict }) => verdict === "fail").map(({ id }) => id));
  return breaks.filter((id) => !failed.has(id));
}

/** The differences between the results and the declaration, a line each. */
export function describeDeviations(
  { breaks, hides, leaves }: TestProgram,
  results: readonly Result[],
): string[] {
  // Without openssl, TLS is not tested.
  const isUntestable = (id: string): boolean => {
    const some = results.filter((one) => one.id === id);
    return some.length > 0 && some.every(({ reason }) => reason === NO_OPENSSL);
  };
  const survived = findMissed(breaks, results)
    .filter((id) => !isUntestable(id))
    .map((id) => `${id} passed, although the program breaks it`);
  const known = [...breaks, ...leaves];
  const earned = hides.filter((id) =>
    results.filter((one) => one.id === id).every(({ verdict }) => verdict === "pass"),
  );
  const strays = results.filter(({ id, verdict }) => verdict === "fail" && !known.includes(id));
  const open = results.filter(
    ({ verdict, dependsOn = [] }) =>
      verdict === "inconclusive" && !dependsOn.some((id) => known.includes(id)),
  );
  return [
    ...survived,
    ...earned.map((id) => `${id} passed, although nothing can be said about it`),
    ...strays.map(
      (one) =>
        `${one.id} failed, and the program does not declare it in \`breaks\` (${one.title}): ${one.observed}`,
    ),
    ...open.map((one) => `${one.id} is inconclusive (${one.title}): ${one.reason}`),
  ];
}
