// Signals as promises, and errors that no code has caught.

import { formatError } from "../../lib/errors.ts";
import type { Log } from "./log.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Resolves with the next SIGINT or SIGTERM. */
export function waitForSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      for (const name of SIGNALS) process.off(name, onSignal);
      resolve(signal);
    };
    for (const name of SIGNALS) process.on(name, onSignal);
  });
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
