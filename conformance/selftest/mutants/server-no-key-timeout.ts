// Waits without a time limit for the key on Q.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.26"];

class Faulty extends ServerData {
  override readonly keyLimit = 120_000;
}

if (import.meta.main) startServer({ ServerData: Faulty });
