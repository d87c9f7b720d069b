// Signals as promises, and errors that nobody expected.

import { describe } from "../../lib/errors.ts";
import type { Log } from "./log.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** The next SIGINT or SIGTERM. */
export function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const caught = (signal: NodeJS.Signals) => {
      for (const name of SIGNALS) process.off(name, caught);
      resolve(signal);
    };
    for (const name of SIGNALS) process.on(name, caught);
  });
}

/** An error that nobody expected must not take the other clients down: it is logged, and the server goes on. */
export function outlive(log: Log): void {
  const note = (error: unknown) =>
    log.note("error", `Unexpected: ${describe(error)}`, { error: describe(error) }, "error");
  process.on("uncaughtException", note);
  process.on("unhandledRejection", note);
}
