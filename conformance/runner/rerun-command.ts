// The command that tests one rule again, for the user to paste.

import type { TestCase } from "../harness/test-case.ts";
import { EXTRA_OPTIONS, roleOf, variableOf } from "../subject/capability.ts";
import type { SuiteConfig } from "../subject/config.ts";
import type { SuiteOptions } from "../subject/options.ts";

/** It has the options as the user gave them: relative paths stay relative. */
export function formatRerunCommand(
  one: Pick<TestCase, "id" | "role">,
  { options, program }: Pick<SuiteConfig, "options" | "program">,
): string {
  const settings = settingsFor(one, options);
  const { strict } = options;
  if (program === undefined) {
    const flag = strict === undefined ? [] : [`FT_STRICT=${strict ? 1 : 0}`];
    const variables = settings.map(([name, value]) => `${variableOf(name)}=${quoteWord(value)}`);
    return [...variables, ...flag, "bun test conformance"].join(" ");
  }
  const given = settings.map(([name, value]) => `--${name} ${quoteWord(value)}`);
  return [program, ...given, ...(strict ? ["--strict"] : [])].join(" ");
}

function settingsFor(
  { id, role }: Pick<TestCase, "id" | "role">,
  { dialect, timeoutScale, answer, extras, seed, ...subjects }: SuiteOptions,
): [name: string, value: string][] {
  const optional = EXTRA_OPTIONS.filter((option) => roleOf(option) === role);
  const all: [string, string | undefined][] = [
    [role, subjects[role]],
    ...optional.map((option): [string, string | undefined] => [option, extras?.[option]]),
    ["dialect", dialect],
    ["timeout-scale", timeoutScale?.toString()],
    ["seed", seed?.toString()],
    ["answer", role === "client" ? answer : undefined],
    ["only", id],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

/** A word of a POSIX shell. */
export function quoteWord(text: string): string {
  return /^[\w./:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
