// Prints an error for wrong arguments that does not say what is wrong.

import { ClientFailure, ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.6"];

class Faulty extends ReferenceClient {
  override report(error: Error): void {
    const isUsageError = error instanceof ClientFailure && error.status === 2;
    super.report(isUsageError ? new ClientFailure("no", 2) : error);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
