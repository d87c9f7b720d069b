// Accepts any certificate although one is pinned.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ClientControl {
  override matchesPin(): boolean {
    return true;
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
