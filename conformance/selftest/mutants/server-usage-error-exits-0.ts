// Exits with status 0 after wrong arguments.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.1", "S1.2", "S1.3", "S1.4", "S1.5", "S1.6"];

class Faulty extends ReferenceServer {
  override refuse(message: string): void {
    super.refuse(message);
    process.exitCode = 0;
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
