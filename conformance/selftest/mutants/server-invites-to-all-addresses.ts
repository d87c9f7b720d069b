// Listens for the client's Q at all addresses of the machine.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.28"];

class Faulty extends ServerData {
  override get passiveHost(): string {
    return "0.0.0.0";
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
