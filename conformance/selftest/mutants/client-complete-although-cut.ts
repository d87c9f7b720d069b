// Says that the transfer is complete, whatever has arrived.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.29"];

class Faulty extends ReferenceClient {
  override report(error: Error): void {
    super.report(error);
    if (/cut short/.test(error.message)) console.log("transfer complete");
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
