// The options of ftconform that say what is tested and how.

import { relative, resolve } from "node:path";
import {
  EXTRA_OPTIONS,
  type Extras,
  parseAddress,
  quoteWord,
  type SuiteOptions,
} from "../../../conformance/index.ts";
import type { Arguments } from "../../cli/arguments.ts";
import { isCommand } from "../../cli/program-command.ts";

/** The program as it was called, without a path that only this machine has. */
export const PROGRAM = isCommand
  ? "ftconform"
  : `bun ${quoteWord(pathTo(resolve(import.meta.dir, "../../ftconform.ts")))}`;

function pathTo(file: string): string {
  try {
    return relative(process.cwd(), file);
  } catch {
    return file; // the current directory has been removed, and the run is refused for that
  }
}

const LARGEST_SCALE = 100;
const LARGEST_SEED = 999_999_999;
const MOST_MINUTES = 1_440; // a day
const TEXTS = ["server", "client", "dialect", "only", "answer"] as const;

/** Puts the words of --runner before each command: a container, for example. A server that runs already stays as it is. */
export function addRunner(options: SuiteOptions, runner: string | undefined): SuiteOptions {
  if (runner === undefined) return options;
  const wrap = (command: string): string =>
    parseAddress(command) ? command : `${runner} ${command}`;
  const { server, client, extras } = options;
  return {
    ...options,
    ...(server && { server: wrap(server) }),
    ...(client && { client: wrap(client) }),
    ...(extras && {
      extras: Object.fromEntries(
        Object.entries(extras).map(([name, each]) => [name, wrap(each)]),
      ) as Extras,
    }),
  };
}

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
    ...(given.flag("trace") ? { trace: true } : {}),
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
