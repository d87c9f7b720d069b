// Waits without a time limit for a TLS handshake.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N5.4"];

class Faulty extends ReferenceServer {
  override readonly handshakeLimit = 120_000;
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
