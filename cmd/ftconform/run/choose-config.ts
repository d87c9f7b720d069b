// Completes a configuration in which nobody says how the programs speak, and tells what was chosen.

import { writeFileSync } from "node:fs";
import { chooseDialect, killSubjects, type SuiteConfig } from "../../../conformance/index.ts";
import { Failure } from "../../../lib/errors.ts";
import { sanitizeForDisplay } from "../../../lib/text.ts";
import { type Arguments, usageFailure } from "../../cli/arguments.ts";
import { printOutput } from "../../cli/terminal.ts";

export async function chooseConfig(
  config: SuiteConfig,
  given: Arguments,
  signal: AbortSignal,
): Promise<SuiteConfig> {
  const path = given.text("save-dialect");
  if (path !== undefined && config.options.dialect !== undefined)
    throw usageFailure("--save-dialect goes without --dialect: there is nothing to infer.");
  signal.addEventListener("abort", killSubjects);
  const choice = await Promise.race([chooseDialect(config), rejectOnAbort(signal)]);
  signal.removeEventListener("abort", killSubjects);
  const { notes, text } = choice;
  const lines = [...notes.map(sanitizeForDisplay), ...(text === undefined ? [] : ["", text])];
  if (lines.length > 0) await printOutput(`How they speak\n\n${lines.join("\n")}\n`);
  if (path === undefined) return choice.config;
  await saveDialect(path, text);
  // The command that tests a rule again need not infer it again.
  const options = { ...config.options, ...(text === undefined ? {} : { dialect: path }) };
  return { ...choice.config, options };
}

const rejectOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const give = (): void => reject(new Failure("usage", "Interrupted: there is no verdict."));
    signal.addEventListener("abort", give, { once: true });
  });

async function saveDialect(path: string, text: string | undefined): Promise<void> {
  if (text !== undefined) return writeFileSync(path, text);
  await printOutput(`Nothing is written to ${path}: no dialect was inferred.\n\n`);
}
