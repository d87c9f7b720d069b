// Prints nothing when it is ready.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S2.2"];

class Faulty extends ReferenceServer {
  override reportReady(): void {}
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
