// Uses the same key for every Q.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.22", "N7.28"];

class Faulty extends ServerData {
  override createKey(): string {
    return "0123456789abcdef".repeat(2);
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
