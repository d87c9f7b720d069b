// Aborts running transfers at the first SIGINT.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N9.1"];

class Faulty extends ReferenceServer {
  override stop(): void {
    this.end();
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
