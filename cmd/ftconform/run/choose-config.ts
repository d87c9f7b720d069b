// Completes a configuration in which nobody says how the programs speak, and tells what was chosen.

import { writeFileSync } from "node:fs";
import {
  chooseDialect,
  type DialectChoice,
  killSubjects,
  type SuiteConfig,
} from "../../../conformance/index.ts";
import { sanitizeForDisplay } from "../../../lib/text.ts";
import { type Arguments, usageFailure } from "../../cli/arguments.ts";
import { printMessage } from "../../cli/terminal.ts";

export async function chooseConfig(
  config: SuiteConfig,
  given: Arguments,
  signal: AbortSignal,
): Promise<SuiteConfig> {
  const path = given.text("save-dialect");
  if (path !== undefined && config.options.dialect !== undefined)
    throw usageFailure("--save-dialect goes without --dialect: there is nothing to infer.");
  signal.addEventListener("abort", killSubjects);
  const choice = await Promise.race([chooseDialect(config), waitForAbort(config, signal)]);
  signal.removeEventListener("abort", killSubjects);
  const { notes, text } = choice;
  const lines = [...notes.map(sanitizeForDisplay), ...(text === undefined ? [] : ["", text])];
  // Standard output may be for a machine.
  if (lines.length > 0) printMessage(`How they speak\n\n${lines.join("\n")}\n`);
  if (path === undefined || signal.aborted) return choice.config;
  saveDialect(path, text);
  // The command that tests a rule again need not infer it again.
  const options = { ...config.options, ...(text === undefined ? {} : { dialect: path }) };
  return { ...choice.config, options };
}

/** An interrupted run reports what it had: here nothing, with the configuration as it was. */
const waitForAbort = (config: SuiteConfig, signal: AbortSignal): Promise<DialectChoice> =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve({ config, notes: [] }), { once: true });
  });

function saveDialect(path: string, text: string | undefined): void {
  if (text !== undefined) return writeFileSync(path, text);
  printMessage(`Nothing is written to ${path}: no dialect was inferred.\n\n`);
}
