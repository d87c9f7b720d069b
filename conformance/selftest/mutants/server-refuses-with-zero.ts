// Refuses its arguments, and exits with 0.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.1", "S1.2", "S1.3", "S1.4", "S1.5", "S1.6"];

class Faulty extends ReferenceServer {
  override refuse(message: string): void {
    super.refuse(message);
    process.exitCode = 0;
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
