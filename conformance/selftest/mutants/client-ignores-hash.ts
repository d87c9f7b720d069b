// Asks for a hash and does not compare it.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.17"];

class Faulty extends ReferenceClient {
  override verifyHash(): void {}
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
