// Waits without a time limit for a TLS handshake.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N5.4"];

class Faulty extends ClientControl {
  override readonly handshakeLimit = 120_000;
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
