// Starts a child process and leaves it running when it exits.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.7"];

class Faulty extends ReferenceServer {
  override reportReady(port: number): void {
    Bun.spawn(["sh", "-c", "trap '' INT; sleep 60"], { stdio: ["ignore", "ignore", "ignore"] });
    super.reportReady(port);
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
