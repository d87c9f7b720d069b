// Waits for a handshake for as long as it takes.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N5.4"];

class Faulty extends ReferenceServer {
  override get handshakeLimit(): number {
    return 120_000;
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
