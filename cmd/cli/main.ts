// What every program does around its work: help, version, signals, and a failure told in one sentence.

import { describe, EXIT, Failure } from "../../lib/errors.ts";
import { sanitizeForDisplay } from "../../lib/text.ts";
import { Arguments, help, type Program } from "./arguments.ts";
import { onTerminal, say, STDOUT, writeOut } from "./terminal.ts";

/** What a signal adds to 128 in the exit status (POSIX shell, 2.8.2). */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** What a program does with its arguments; a number that it returns is its exit status. */
export type Run = (given: Arguments) => Promise<number | void>;

/**
 * Runs a program to its end. It exits at once then: all output has left the process, and what could still hold it
 * for minutes is a connect that the runtime cannot take back.
 */
export async function main(
  program: Program,
  run: Run,
  hooks: { readonly onSignal?: () => void } = {},
): Promise<void> {
  const raw = process.argv.slice(2);
  let signalled: number | undefined;
  const onSignal = (signal: keyof typeof SIGNALS) => {
    signalled = SIGNALS[signal];
    hooks.onSignal?.();
  };
  if (hooks.onSignal) for (const signal of Object.keys(SIGNALS)) process.once(signal, onSignal);
  try {
    const status = await answer(program, raw, run);
    process.exit(signalled ?? status ?? EXIT.ok);
  } catch (error) {
    const exit = signalled ?? (error instanceof Failure ? error.exit : EXIT.other);
    await report(program, raw, describe(error), exit);
    process.exit(exit);
  }
}

async function answer(program: Program, raw: readonly string[], run: Run): Promise<number | void> {
  if (raw.includes("--help") || raw.includes("-h")) {
    await writeOut(await help(program, onTerminal(STDOUT) && !process.env["NO_COLOR"]));
  } else if (raw.includes("--version")) {
    const { default: manifest } = await import("../../package.json", { with: { type: "json" } });
    await writeOut(`${program.name} ${manifest.version}\n`);
  } else {
    return await run(new Arguments(program, raw));
  }
}

async function report(
  program: Program,
  raw: readonly string[],
  error: string,
  exit: number,
): Promise<void> {
  say(`${program.name}: ${sanitizeForDisplay(error)}\n`);
  if (!program.jsonErrors || !raw.includes("--json")) return;
  // Where standard output is what failed, the exit status and the message still tell.
  await writeOut(`${JSON.stringify({ ok: false, error, exit })}\n`).catch(() => {});
}
