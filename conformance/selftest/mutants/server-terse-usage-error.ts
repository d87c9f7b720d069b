// Prints an error for wrong arguments that does not say what is wrong.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.5"];

class Faulty extends ReferenceServer {
  override refuse(): void {
    console.error("no");
    process.exitCode = 2;
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
