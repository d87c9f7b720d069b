// Signals as promises, and errors that no code has caught.

import { closeSync, constants, openSync } from "node:fs";
import { formatError } from "../../lib/errors.ts";
import { type EndSignal, onEndSignal } from "../cli/signals.ts";
import type { Log } from "./log.ts";

/**
 * Resolves `first` with the first signal that ends a program, and `second` with the second one. The handler stays between the
 * two: otherwise a signal that comes just then would have its default action, or be lost. After both the default applies.
 * A server that was started without a terminal calls `onReload` at SIGHUP, and goes on: no terminal can be closed then, and service
 * managers send this signal to make a program read its files again.
 */
export function watchSignals(onReload: () => void): {
  first: Promise<EndSignal>;
  second: Promise<EndSignal>;
} {
  const first = Promise.withResolvers<EndSignal>();
  const second = Promise.withResolvers<EndSignal>();
  const waiting = [first, second];
  const signals = onEndSignal(
    (signal) => {
      waiting.shift()?.resolve(signal);
      if (waiting.length === 0) signals[Symbol.dispose]();
    },
    hasTerminal() ? undefined : onReload,
  );
  return { first: first.promise, second: second.promise };
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

/** Logs an error that no code has caught, and lets the server continue: it must not end the transfers of other clients. */
export function logUnexpectedErrors(log: Log): void {
  const logError = (error: unknown) =>
    log.note(
      "error",
      `Unexpected error: ${formatError(error)}`,
      { error: formatError(error) },
      "error",
    );
  process.on("uncaughtException", logError);
  process.on("unhandledRejection", logError);
}
