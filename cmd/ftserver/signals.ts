// Signals as promises, and errors that no code has caught.

import { formatError } from "../../lib/errors.ts";
import { type EndSignal, onEndSignal } from "../cli/signals.ts";
import type { Log } from "./log.ts";

/** Resolves with the next signal that ends a program. */
export function waitForSignal(): Promise<EndSignal> {
  const { promise, resolve } = Promise.withResolvers<EndSignal>();
  const signals = onEndSignal(resolve);
  return promise.finally(() => signals[Symbol.dispose]());
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
