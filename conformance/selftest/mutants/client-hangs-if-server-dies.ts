// Waits for ever if its server dies before it has replied.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.3"];

class Faulty extends ReferenceClient {
  override report(error: Error): void {
    super.report(error);
    if (/closed P too early/.test(error.message))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
