// Ignores SIGINT.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.5", "S9.7", "N9.1"];

class Faulty extends ReferenceServer {
  override stop(): void {}
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
