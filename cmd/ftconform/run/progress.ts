// A line on standard error that says how far the suite is, for a person who waits.

import { onTerminal, printMessage, STDERR } from "../../cli/terminal.ts";

export interface Progress extends Disposable {
  update: (done: number) => void;
}

/** Nothing is drawn where standard error is no terminal. */
export function progress(): Progress {
  let drawn = false;
  const update = (done: number): void => {
    if (!onTerminal(STDERR)) return;
    printMessage(`\rjudged so far: ${done}`);
    drawn = true;
  };
  const clear = (): void => {
    if (drawn) printMessage("\r\x1b[K");
    drawn = false;
  };
  return { update, [Symbol.dispose]: clear };
}
