// All programs in one executable, for `bun run build`: the name by which it is called chooses the program.

import { EXIT } from "../lib/errors.ts";
import type { Program } from "./cli/arguments.ts";
import { printMessage } from "./cli/terminal.ts";

/** Only the program that is called is loaded. */
export const programs = new Map<
  string,
  () => Promise<{ readonly program: Program; start: () => Promise<void> }>
>([
  ["ftserver", () => import("./ftserver.ts")],
  ["ftclient", () => import("./ftclient.ts")],
  ["ftpasswd", () => import("./ftpasswd.ts")],
  ["ftconform", () => import("./ftconform.ts")],
  ["ftbench", () => import("./ftbench.ts")],
]);

/** The program that this executable is called by; otherwise the one that the first argument names, and removes that argument. */
function findProgram() {
  const called = programs.get(process.argv0.slice(process.argv0.lastIndexOf("/") + 1));
  if (called) return called;
  const named = programs.get(process.argv[2] ?? "");
  if (named) process.argv.splice(2, 1);
  return named;
}

async function start(): Promise<void> {
  const load = findProgram();
  if (load) return await (await load()).start();
  const names = [...programs.keys()].join(", ");
  printMessage(`ftkit: Name a program as the first argument: ${names}.\n`);
  process.exit(EXIT.usage);
}

if (import.meta.main) void start();
