// What every program does around its work: help, version, signals, and a failure reported in one sentence.

import { formatError, EXIT, failureKind } from "../../lib/errors.ts";
import { formatJson, sanitizeForDisplay } from "../../lib/text.ts";
import { Arguments, type Program } from "./arguments.ts";
import { onEndSignal, SIGNAL_EXIT } from "./signals.ts";
import { onTerminal, printMessage, STDOUT, printOutput } from "./terminal.ts";

/** How long the report may take after a signal, in ms: a standard output that nobody reads must not hold the program. */
const REPORT_TIMEOUT = 1000;

/** What a program does with its arguments. A number that it returns is its exit status. */
type Work = (args: Arguments) => Promise<number | void>;

/**
 * Runs a program to its end, and exits. It does not wait for the runtime: all output has left the process by then, and
 * only a connect that the runtime cannot cancel could still hold it for minutes.
 */
export async function main(
  program: Program,
  work: Work,
  hooks: { readonly onSignal?: () => void } = {},
): Promise<void> {
  const words = process.argv.slice(2);
  let signalExit: number | undefined;
  const signals =
    hooks.onSignal &&
    onEndSignal((signal) => {
      signalExit = SIGNAL_EXIT[signal];
      signals?.[Symbol.dispose](); // a second signal ends the program at once
      hooks.onSignal?.();
    });
  try {
    const status = await runProgram(program, words, work);
    process.exit(signalExit ?? status ?? EXIT.ok);
  } catch (error) {
    const ownKind = failureKind(error);
    const exit = signalExit ?? EXIT[ownKind];
    const kind = signalExit === undefined ? ownKind : "interrupted";
    const report = reportFailure(program, words, { kind, error: formatError(error), exit });
    await (signalExit === undefined ? report : Promise.race([report, Bun.sleep(REPORT_TIMEOUT)]));
    process.exit(exit);
  }
}

async function runProgram(
  program: Program,
  words: readonly string[],
  work: Work,
): Promise<number | void> {
  if (words.includes("--help") || words.includes("-h")) {
    const { renderHelp } = await import("./help.ts");
    const columns = onTerminal(STDOUT) ? process.stdout.columns : undefined;
    const useColours = columns !== undefined && !process.env["NO_COLOR"];
    await printOutput(renderHelp(program, useColours, columns || undefined));
  } else if (words.includes("--version")) {
    const { default: manifest } = await import("../../package.json", { with: { type: "json" } });
    await printOutput(`${program.name} ${manifest.version}\n`);
  } else {
    return await work(new Arguments(program, words));
  }
}

async function reportFailure(
  program: Program,
  words: readonly string[],
  failure: { readonly kind: string; readonly error: string; readonly exit: number },
): Promise<void> {
  printMessage(`${program.name}: ${sanitizeForDisplay(failure.error)}\n`);
  if (!program.jsonErrors || !words.includes("--json")) return;
  // If standard output itself has failed, the message and the exit status still tell.
  await printOutput(`${formatJson({ ok: false, ...failure })}\n`).catch(() => {});
}
