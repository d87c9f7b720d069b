// The signals that end a program, and its exit status after each.

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
 * With `onReload`, SIGHUP is no end: it calls that, and the program goes on.
 */
export function onEndSignal(
  listener: (signal: EndSignal) => void,
  onReload?: () => void,
): Disposable {
  const handle = (signal: EndSignal) =>
    onReload && signal === "SIGHUP" ? onReload() : listener(signal);
  for (const signal of SIGNALS) process.on(signal, handle);
  return {
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, handle);
    },
  };
}
