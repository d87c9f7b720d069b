// The tests of the suite itself: which of them run, when programs are judged.

import { describe, test } from "bun:test";
import { JUDGES_STRANGER } from "../subject/config.ts";
import { JUDGES_PROGRAMS } from "./bun-argv.ts";

const ASKED = Bun.env["FT_TEETH"] !== undefined;
/** The long ones take minutes, which nobody who has just changed a program shall wait for. */
const LONG = !JUDGES_STRANGER && (ASKED || !JUDGES_PROGRAMS);
const WHY = JUDGES_STRANGER
  ? "it is no test of your program"
  : "it tries the suite, not the programs: bun test, FT_TEETH=short, or its file by name";

/** Tests of the suite that take seconds: part of every run on our own programs. */
export const brief = (name: string, define: () => void): void =>
  choose(!JUDGES_STRANGER, name, define);

/** Those that take minutes: part of `bun test`, not of `bun test conformance`. */
export const long = (name: string, define: () => void): void => choose(LONG, name, define);

// One line for all that is left out: a hundred would hide what is judged.
function choose(runs: boolean, name: string, define: () => void): void {
  if (runs) describe(name, define);
  else test.skip(`${name} [left out: ${WHY}]`, () => {});
}
