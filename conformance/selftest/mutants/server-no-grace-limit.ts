// Waits after SIGINT without a time limit for a client that has stopped reading.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.5"];

class Faulty extends ReferenceServer {
  override readonly grace = 120_000;
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
