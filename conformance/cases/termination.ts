// The end of a server after a signal of the suite.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { applies, must } from "../spec/verdict.ts";
import type { SubjectProcess, StopSignal } from "../subject/process.ts";

/** The process of a server; not applicable if the server ran before the suite. */
export function processOf({ program }: RunningServer): SubjectProcess {
  applies(program !== undefined, "the server was not started by the suite");
  return program;
}

export async function expectEndAfter(
  context: CaseContext,
  program: SubjectProcess,
  signal: StopSignal,
  expected = `the server ends after ${signal}`,
): Promise<void> {
  program.kill(signal);
  const ended = await context.waitFor(
    "the end",
    context.timeouts.stop,
    () => program.exited !== undefined,
  );
  must(ended, expected, `it still runs ${context.timeouts.stop} ms later`);
}
