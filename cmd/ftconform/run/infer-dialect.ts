// --learn: what a server and a client say to each other, and a dialect that describes it.

import {
  configFromOptions,
  killSubjects,
  learnDialect,
  type SuiteOptions,
} from "../../../conformance/index.ts";
import { escapeControls } from "../../../lib/text.ts";
import { printMessage, printOutput } from "../../cli/terminal.ts";
import { PROGRAM } from "./options.ts";

/** Shows the conversation on standard error, and proposes a dialect on standard output for a person to edit. */
export async function inferDialect(options: SuiteOptions, signal: AbortSignal): Promise<number> {
  const config = await configFromOptions({ timeoutScale: 1, ...options }, PROGRAM);
  signal.addEventListener("abort", killSubjects);
  const { transcript, proposal } = await learnDialect(config);
  printMessage(`${transcript.split("\n").map(escapeControls).join("\n")}\n`);
  await printOutput(`${proposal.trimEnd()}\n`);
  return 0;
}
