// A line on standard error that shows how many cases were tested.

import { onTerminal, printMessage, STDERR } from "../../cli/terminal.ts";

export interface CaseCounter extends Disposable {
  /** One more case has a result. */
  update: () => void;
}

/** Draws nothing if standard error is not a terminal. */
export function showCaseCounter(): CaseCounter {
  let drawn = false;
  let done = 0;
  const update = (): void => {
    done++;
    if (!onTerminal(STDERR)) return;
    printMessage(`\rcases tested: ${done}`);
    drawn = true;
  };
  const clear = (): void => {
    if (drawn) printMessage("\r\x1b[K");
    drawn = false;
  };
  return { update, [Symbol.dispose]: clear };
}
