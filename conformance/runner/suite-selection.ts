// Which tests of the suite itself run: none of them if the suite tests somebody's program.

import { describe, test } from "bun:test";

const { FT_SERVER, FT_CLIENT, FT_SELFTEST, FT_TEETH } = Bun.env;
const isStranger = Boolean(FT_SERVER ?? FT_CLIENT);

/** `short` or `full`; FT_TEETH is the old name. */
const depth = FT_SELFTEST ?? FT_TEETH;
/** Every mutant is tested by every rule, not only by the rules that it breaks. */
export const IS_FULL = depth === "full";

const FOREIGN = "this does not test your program";
const LONG = "this takes minutes and tests the suite: set FT_SELFTEST=short";

/** Tests of the suite that take seconds. */
export const selfTest = (name: string, define: () => void): void =>
  choose(isStranger ? FOREIGN : undefined, name, define);

/** Tests of the suite that take minutes: they run if FT_SELFTEST is set. */
export const longSelfTest = (name: string, define: () => void): void =>
  choose(isStranger ? FOREIGN : depth === undefined ? LONG : undefined, name, define);

// One line for all that is left out: a hundred of them would hide the results.
function choose(reason: string | undefined, name: string, define: () => void): void {
  if (reason === undefined) describe(name, define);
  else test.skip(`${name} [left out: ${reason}]`, () => {});
}
