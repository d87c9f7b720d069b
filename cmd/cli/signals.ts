// The signals that end a program, and its exit status after each.

import { closeSync, constants, openSync } from "node:fs";
import { isSignalIgnored } from "../../lib/sys/libc.ts";

/** The exit status after a signal: 128 and its number (POSIX shell, 2.8.2). */
export const SIGNAL_EXIT = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type EndSignal = keyof typeof SIGNAL_EXIT;

const SIGHUP = 1;

/**
 * The signals that this program handles. nohup(1) starts a program with SIGHUP ignored, so that it outlives its terminal:
 * then it stays ignored, because a handler would undo that.
 */
const SIGNALS = (Object.keys(SIGNAL_EXIT) as EndSignal[]).filter(
  (signal) => signal !== "SIGHUP" || !isSignalIgnored?.(SIGHUP),
);

/**
 * Calls `listener` at each of the signals. Disposing of the result ends that, and the default action applies again.
 * With `onReload`, a program that was started without a terminal calls that at SIGHUP instead, and goes on: no terminal can be
 * closed then, and service managers send this signal to make a program read its files again.
 */
export function onEndSignal(
  listener: (signal: EndSignal) => void,
  onReload?: () => void,
): Disposable {
  const isReload = onReload && !hasTerminal();
  const handle = (signal: EndSignal) =>
    isReload && signal === "SIGHUP" ? onReload() : listener(signal);
  for (const signal of SIGNALS) process.on(signal, handle);
  return {
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, handle);
    },
  };
}

/** True if this process has a controlling terminal (POSIX, 11.1.3), whatever its standard descriptors are. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", constants.O_RDONLY | constants.O_NOCTTY));
    return true;
  } catch {
    return false;
  }
}
