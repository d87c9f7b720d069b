// A program on which the suite itself is tried: a mutant that must fail, or a variant that must pass.

import { basename } from "node:path";
import { makeConfig } from "../subject/config.ts";
import { CAPABILITIES, type Extras, extraOption } from "../subject/capability.ts";
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
  /** The requirements that it breaks; none for a variant. */
  breaks: readonly string[];
  /** The SHOULDs that a variant takes the liberty to leave out. */
  leaves: readonly string[];
  /** Whether it claims the native dialect; otherwise it is judged by the assignment alone, as a stranger is. */
  native: boolean;
  /** Its commands for what is optional; none where it is not built on the honest programs. */
  extras: Extras;
}

/** A busy machine may need a larger one. */
const SCALE = Number(Bun.env["FT_TIMEOUT_SCALE"] ?? Bun.env["FT_PATIENCE"] ?? 1);

const ARGUMENTS = { server: "{port}", client: "{host} {port} {command} {file} {dataport}" };

export const commandOf = (program: string, role: TestCase["role"]): string =>
  `${program} ${ARGUMENTS[role]}`;

/** How a program of our own takes what is optional. */
const OPTIONS = {
  server: { login: "--login {user} {password}", tls: "--tls {cert} {key}", pin: undefined },
  client: { login: "--login {user}", tls: "--tls {ca}", pin: "--pin {pin}" },
};

export function extrasOf(command: string, role: TestCase["role"]): Extras {
  const pairs = CAPABILITIES.flatMap((each) => {
    const option = OPTIONS[role][each];
    return option ? [[extraOption(role, each), `${command} ${option}`]] : [];
  });
  return Object.fromEntries(pairs) as Extras;
}

interface Declares {
  role: TestCase["role"];
  breaks?: string[];
  leaves?: string[];
  native?: boolean;
  /** The program, where it is not the file itself. */
  program?: string[];
}

/** The specimens of a directory: each file declares its role, and a mutant what it breaks. */
export async function loadTestPrograms(directory: string): Promise<TestProgram[]> {
  const paths = [...new Bun.Glob("*.ts").scanSync({ cwd: directory, absolute: true })].sort();
  return Promise.all(
    paths.map(async (path) => {
      const declared = (await import(path)) as Declares;
      const { role, breaks = [], leaves = [], native = true, program = ["bun", path] } = declared;
      const command = commandOf(program.map((word) => JSON.stringify(word)).join(" "), role);
      const extras = declared.program ? {} : extrasOf(command, role);
      return { name: basename(path, ".ts"), role, command, breaks, leaves, native, extras };
    }),
  );
}

/** Judges it by the native dialect, which includes the assignment, or by the assignment alone. */
export async function judgeTestProgram(
  { role, command, breaks, native, extras }: TestProgram,
  cases: readonly TestCase[],
  pool: Pool,
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
  const asked = cases.filter((one) => one.role === role);
  // What is to fail needs no second try; what is to hold may have one.
  const attempts = (id: string): number => (breaks.includes(id) ? 1 : 2);
  const tried = (some: readonly TestCase[]): Promise<Result[]> =>
    Promise.all(
      some.map((one) => pool.run(() => runCase(one, config, { attempts: attempts(one.id) }))),
    );
  const results = await tried(asked);
  // A busy machine hides a fault now and then, as it shows one that is not there: a second look, as well.
  const missed = unnoticed(breaks, results);
  const again = await tried(asked.filter(({ id }) => missed.includes(id)));
  return [...results.filter(({ id }) => !missed.includes(id)), ...again];
}

/** What a mutant breaks and no result shows. */
function unnoticed(breaks: readonly string[], results: readonly Result[]): string[] {
  const failed = new Set(results.filter(({ verdict }) => verdict === "fail").map(({ id }) => id));
  return breaks.filter((id) => !failed.has(id));
}

/** In what the results differ from the declaration, a line each. */
export function describeDeviations(
  { breaks, leaves }: TestProgram,
  results: readonly Result[],
): string[] {
  // A machine without openssl says nothing about TLS.
  const mute = (id: string): boolean => {
    const about = results.filter((one) => one.id === id);
    return about.length > 0 && about.every(({ reason }) => reason === NO_OPENSSL);
  };
  const survived = unnoticed(breaks, results)
    .filter((id) => !mute(id))
    .map((id) => `${id} was not noticed`);
  const known = [...breaks, ...leaves];
  const strays = results.filter(({ id, verdict }) => verdict === "fail" && !known.includes(id));
  const open = results.filter(
    ({ verdict, dependsOn = [] }) =>
      verdict === "inconclusive" && !dependsOn.some((id) => known.includes(id)),
  );
  return [
    ...survived,
    ...strays.map((one) => `${one.id} failed too (${one.title}): ${one.observed}`),
    ...open.map((one) => `${one.id} is inconclusive (${one.title}): ${one.reason}`),
  ];
}
