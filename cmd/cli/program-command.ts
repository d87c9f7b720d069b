// The command lines that start programs of this project: from the source, from an npm installation, or from the built executable.

import { dirname, join } from "node:path";

/** True in an npm installation, which has bundles in the place of the source. */
const isBundle = Bun.main.endsWith(".js");

/** True if this program was called by its name: as a built executable, or as a command of an npm installation. */
export const isCommand: boolean = Bun.isStandaloneExecutable || isBundle;

/** The command of a program of cmd/. The built programs lie in one directory, and so do those of an npm installation. */
export function getProgramCommand(program: string): string[] {
  const { execPath, execArgv } = process;
  if (Bun.isStandaloneExecutable) return [join(dirname(execPath), program)];
  if (isBundle) return [join(dirname(Bun.main), "../bin", program)];
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
