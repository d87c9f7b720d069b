// Standard output at the end of a run. The reports are files by then, and the exit status tells the verdict, so that no verdict is lost here.

import { Failure, formatError, localFailure, systemCode } from "../../../lib/errors.ts";
import { sanitizeForDisplay } from "../../../lib/text.ts";
import { printMessage, STDOUT, writeAll } from "../../cli/terminal.ts";

/** Prints it. Returns a sentence if it could not be printed; a reader that wants no more, such as a pager, is no failure. */
export async function showOutput(text: string): Promise<string[]> {
  try {
    await writeAll(STDOUT, Buffer.from(text));
    return [];
  } catch (error) {
    if (systemCode(error) === "EPIPE") return [];
    return [formatError(localFailure("Cannot write to standard output", error))];
  }
}

/** Tells what was lost, and throws a `Failure` for the last of it: a caller must not take the output for the whole. */
export function reportLosses(losses: readonly string[]): void {
  for (const sentence of losses.slice(0, -1))
    printMessage(`ftconform: ${sanitizeForDisplay(sentence)}\n`);
  const last = losses.at(-1);
  if (last !== undefined) throw new Failure("usage", last);
}
