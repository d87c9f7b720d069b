// Waits after SIGINT for a running transfer, however long its reader has stopped.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.5"];

class Faulty extends ReferenceServer {
  override readonly grace = 120_000;
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
