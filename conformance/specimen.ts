// A program on which the suite itself is tried: a mutant that must fail, or a variant that must pass.

import { basename } from "node:path";
import type { Bench } from "./bench.ts";
import type { Case } from "./case.ts";
import { loadDialect } from "./dialect.ts";
import type { Result } from "./result.ts";
import { Pool } from "./pool.ts";
import { trial } from "./trial.ts";

export interface Specimen {
  name: string;
  role: Case["role"];
  command: string;
  /** The requirements that it breaks; none for a variant. */
  breaks: readonly string[];
}

const ARGUMENTS = { server: "{port}", client: "{host} {port} {command} {file} {dataport}" };

export const commandOf = (program: string, role: Case["role"]): string =>
  `${program} ${ARGUMENTS[role]}`;

interface Declares {
  role: Case["role"];
  breaks?: string[];
  /** The program, where it is not the file itself. */
  program?: string[];
}

/** The specimens of a directory: each file declares its role, and a mutant what it breaks. */
export async function specimens(directory: string): Promise<Specimen[]> {
  const paths = [...new Bun.Glob("*.ts").scanSync({ cwd: directory, absolute: true })].sort();
  return Promise.all(
    paths.map(async (path) => {
      const { role, breaks = [], program = ["bun", path] } = (await import(path)) as Declares;
      const command = commandOf(program.map((word) => JSON.stringify(word)).join(" "), role);
      return { name: basename(path, ".ts"), role, command, breaks };
    }),
  );
}

/** Judges it by the native dialect, which includes the assignment. */
export async function examine(
  { role, command, breaks }: Specimen,
  cases: readonly Case[],
  pool: Pool,
): Promise<Result[]> {
  const native = await loadDialect("native");
  const dialects = { server: native, client: native };
  const bed: Bench = { [role]: command, dialects, native: true, strict: true, answer: "n\n" };
  const asked = cases.filter((one) => one.role === role);
  // What is to fail needs no second try; what is to hold may have one.
  const attempts = (id: string): number => (breaks.includes(id) ? 1 : 2);
  return Promise.all(asked.map((one) => pool.run(() => trial(one, bed, attempts(one.id)))));
}

/** In what the results differ from the declaration, a line each. */
export function surprises({ breaks }: Specimen, results: readonly Result[]): string[] {
  const failed = new Set(results.filter(({ verdict }) => verdict === "fail").map(({ id }) => id));
  const survived = breaks.filter((id) => !failed.has(id)).map((id) => `${id} was not noticed`);
  const strays = results.filter(({ id, verdict }) => verdict === "fail" && !breaks.includes(id));
  const open = results.filter(({ verdict, reason = "" }) => {
    const blamed = /^it rests on ([\w., ]+):/.exec(reason)?.[1]?.split(", ") ?? [];
    return verdict === "no-verdict" && !blamed.some((id) => breaks.includes(id));
  });
  return [
    ...survived,
    ...strays.map((one) => `${one.id} failed too (${one.title}): ${one.observed}`),
    ...open.map((one) => `${one.id} came to no verdict (${one.title}): ${one.reason}`),
  ];
}
