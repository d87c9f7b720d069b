// Exits with status 0 and without a message if it cannot connect.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S4.3"];

class Faulty extends ClientControl {
  override open(): Promise<void> {
    return super.open().catch(() => process.exit(0));
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
