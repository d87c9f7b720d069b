// Does not exit when the server closes a connection too early.

import { ConnectionLost, ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.3"];

class Faulty extends ReferenceClient {
  override report(error: Error): void {
    super.report(error);
    if (error instanceof ConnectionLost) Bun.sleepSync(120_000);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
