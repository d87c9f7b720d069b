// Completes a configuration in which nobody says how the programs speak, and tells what was chosen.

import { writeFileSync } from "node:fs";
import { chooseDialect, killSubjects, type SuiteConfig } from "../../../conformance/index.ts";
import { sanitizeForDisplay } from "../../../lib/text.ts";
import { type Arguments, usageFailure } from "../../cli/arguments.ts";

export async function chooseConfig(
  config: SuiteConfig,
  given: Arguments,
  signal: AbortSignal,
  /** Shows a text where the tree will be, or loses it: the verdict does not depend on a screen. */
  show: (text: string) => unknown,
): Promise<SuiteConfig> {
  const path = given.text("save-dialect");
  if (path !== undefined && config.options.dialect !== undefined)
    throw usageFailure("--save-dialect goes without --dialect: there is nothing to infer.");
  const ended = Promise.withResolvers<undefined>();
  const end = (): void => {
    killSubjects();
    ended.resolve(undefined);
  };
  signal.addEventListener("abort", end);
  const choice = await Promise.race([chooseDialect(config), ended.promise]);
  signal.removeEventListener("abort", end);
  if (choice === undefined) return config; // nothing will be tested, and the report says why
  const { notes, text } = choice;
  const lines = [...notes.map(sanitizeForDisplay), ...(text === undefined ? [] : ["", text])];
  if (lines.length > 0) await show(`How they speak\n\n${lines.join("\n")}\n`);
  if (path !== undefined && text !== undefined) writeFileSync(path, text);
  else if (path !== undefined)
    await show(`Nothing is written to ${path}: no dialect was inferred.\n\n`);
  return choice.config;
}
