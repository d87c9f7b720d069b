// Starts a helper process, and leaves it behind.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.7"];

class Faulty extends ReferenceServer {
  override ready(port: number): void {
    Bun.spawn(["sh", "-c", "trap '' INT; sleep 60"], { stdio: ["ignore", "ignore", "ignore"] });
    super.ready(port);
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
