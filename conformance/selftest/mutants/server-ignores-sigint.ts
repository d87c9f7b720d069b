// Ignores SIGINT.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.5", "N9.1"];
export const hides = ["S9.7"];

class Faulty extends ReferenceServer {
  override stop(): void {}
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
