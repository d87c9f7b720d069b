// Waits without a limit for a client that shall open Q.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.30"];

class Faulty extends ServerData {
  override readonly arrivalLimit = 10 ** 9;
}

if (import.meta.main) startServer({ ServerData: Faulty });
