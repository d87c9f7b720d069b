// What every program does around its work: help, version, signals, and a failure told in one sentence.

import { describe, EXIT, Failure } from "../lib/errors.ts";
import { visible } from "../lib/text.ts";
import { onTerminal, say, STDOUT } from "./terminal.ts";
import { writeOut } from "./stream.ts";
import { Arguments, help, type Program } from "./arguments.ts";

/** What a signal adds to 128 in the exit status (POSIX shell, 2.8.2). */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs a program and sets the exit status; it never calls `exit` after output, which would cut what a pipe has not taken yet. */
export async function main(
  program: Program,
  run: (given: Arguments) => Promise<void>,
  hooks: { readonly onSignal?: () => void } = {},
): Promise<void> {
  const raw = process.argv.slice(2);
  let status: number | undefined;
  const onSignal = (signal: keyof typeof SIGNALS) => {
    status = SIGNALS[signal];
    hooks.onSignal?.();
  };
  if (hooks.onSignal) for (const signal of Object.keys(SIGNALS)) process.once(signal, onSignal);
  try {
    if (raw.includes("--help") || raw.includes("-h")) {
      await writeOut(await help(program, onTerminal(STDOUT) && !process.env["NO_COLOR"]));
    } else if (raw.includes("--version")) {
      const { default: manifest } = await import("../package.json", { with: { type: "json" } });
      await writeOut(`${program.name} ${manifest.version}\n`);
    } else {
      await run(new Arguments(program, raw));
    }
  } catch (error) {
    await report(program, raw, error);
    status ??= error instanceof Failure ? error.exit : EXIT.other;
  }
  for (const signal of Object.keys(SIGNALS)) process.removeListener(signal, onSignal);
  if (status !== undefined) process.exitCode = status;
}

async function report(program: Program, raw: readonly string[], error: unknown): Promise<void> {
  const sentence = describe(error);
  const exit = error instanceof Failure ? error.exit : EXIT.other;
  if (raw.includes("--json"))
    process.stdout.write(`${JSON.stringify({ ok: false, error: sentence, exit })}\n`);
  say(`${program.name}: ${visible(sentence)}\n`);
}
