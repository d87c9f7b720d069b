// The command lines that start programs of this project: from the source with the same options of Bun, or from the built executable.

import { dirname, join } from "node:path";

/** True if this program was called by its name: as a built executable, or by launch.sh, which gives this option. */
export const isCommand: boolean =
  Bun.isStandaloneExecutable || process.execArgv.includes("--no-env-file");

/** The command of a program of cmd/. The built programs lie in one directory. */
export function getProgramCommand(program: string): string[] {
  const { execPath, execArgv } = process;
  if (Bun.isStandaloneExecutable) return [join(dirname(execPath), program)];
  return [execPath, ...execArgv, join(import.meta.dir, "..", `${program}.ts`)];
}

/** The command that starts this program, whose name is given, once more with the same arguments. A built one is told its name as `argv0`. */
export function getOwnCommand(program: string): {
  readonly cmd: string[];
  readonly argv0?: string;
} {
  const { execPath, execArgv, argv } = process;
  if (Bun.isStandaloneExecutable) return { cmd: [execPath, ...argv.slice(2)], argv0: program };
  return { cmd: [execPath, ...execArgv, ...argv.slice(1)] };
}
