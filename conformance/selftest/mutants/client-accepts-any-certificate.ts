// Accepts every certificate.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ClientControl {
  override trusts(): boolean {
    return true;
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
