// Uses TLS on P and none on Q.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.23", "N7.26"];

class Faulty extends ServerData {
  override async secure(): Promise<void> {}
}

if (import.meta.main) startServer({ ServerData: Faulty });
