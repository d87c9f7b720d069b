// Waits without a time limit for the client to close P.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N8.1"];

class Faulty extends ServerControl {
  override readonly closeLimit = 120_000;
}

if (import.meta.main) startServer({ ServerControl: Faulty });
