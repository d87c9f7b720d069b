// A line on standard error that says how far the suite is, for a person who waits.

import { onTerminal, say, STDERR } from "../../cli/terminal.ts";

export interface Progress extends Disposable {
  /** One more case has a result. */
  update: () => void;
}

/** Nothing is drawn where standard error is no terminal. */
export function progress(): Progress {
  let drawn = false;
  let done = 0;
  const update = (): void => {
    done++;
    if (!onTerminal(STDERR)) return;
    say(`\rcases tested: ${done}`);
    drawn = true;
  };
  const clear = (): void => {
    if (drawn) say("\r\x1b[K");
    drawn = false;
  };
  return { update, [Symbol.dispose]: clear };
}
