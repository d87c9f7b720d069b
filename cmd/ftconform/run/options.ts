// The options of ftconform that say what is tested and how.

import { relative } from "node:path";
import {
  EXTRA_OPTIONS,
  type Extras,
  quoteWord,
  type SuiteOptions,
} from "../../../conformance/index.ts";
import type { Arguments } from "../../cli/arguments.ts";
import { isCommand } from "../../cli/program-command.ts";

/** The program as it was called, without a path that only this machine has. */
export const PROGRAM = isCommand
  ? "ftconform"
  : `bun ${quoteWord(relative(process.cwd(), `${import.meta.dir}/../../ftconform.ts`))}`;

const LARGEST_SCALE = 100;
const LARGEST_SEED = 999_999_999;
const MOST_MINUTES = 1_440; // a day
const TEXTS = ["server", "client", "dialect", "only", "answer"] as const;

export function suiteOptions(given: Arguments): SuiteOptions {
  const timeoutScale = given.number("timeout-scale", 0.1, LARGEST_SCALE, 0);
  const seed = given.integer("seed", 0, LARGEST_SEED, -1);
  const minutes = given.number("minutes", 1, MOST_MINUTES, 0);
  const extras = textsOf(given, EXTRA_OPTIONS) as Extras;
  return {
    ...textsOf(given, TEXTS),
    ...(timeoutScale > 0 ? { timeoutScale } : {}),
    ...(seed >= 0 ? { seed } : {}),
    ...(minutes > 0 ? { minutes } : {}),
    ...(given.flag("strict") ? { strict: true } : {}),
    ...(Object.keys(extras).length > 0 ? { extras } : {}),
  };
}

function textsOf(given: Arguments, names: readonly string[]): Record<string, string> {
  const pairs = names.flatMap((name) => {
    const value = given.text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}
