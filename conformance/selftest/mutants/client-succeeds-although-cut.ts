// Exits with status 0 if the transfer was cut.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.4", "N7.16"];

class Faulty extends ReferenceClient {
  override report(error: Error): void {
    super.report(error);
    if (/cut short/.test(error.message)) process.exitCode = 0;
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
