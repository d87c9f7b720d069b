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
const TEXTS = ["server", "client", "dialect", "only", "answer"] as const;

export function suiteOptions(given: Arguments): SuiteOptions {
  const timeoutScale = given.number("timeout-scale", 0.1, LARGEST_SCALE, 0);
  const extras = textsOf(given, EXTRA_OPTIONS) as Extras;
  return {
    ...textsOf(given, TEXTS),
    ...(timeoutScale > 0 ? { timeoutScale } : {}),
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
