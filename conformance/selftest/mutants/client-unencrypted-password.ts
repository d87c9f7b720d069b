// Sends the password without encryption to any host.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.15"];

class Faulty extends ClientControl {
  override maySendPassword(): boolean {
    return true;
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
