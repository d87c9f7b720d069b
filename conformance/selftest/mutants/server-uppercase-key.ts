// Writes the key for Q in capital letters.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.22", "N7.28"];

class Faulty extends ServerData {
  override createKey(): string {
    return `${super.createKey().toUpperCase().slice(1)}F`;
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
