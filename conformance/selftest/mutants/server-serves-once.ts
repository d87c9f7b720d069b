// Ends after its first client.

import type { Socket } from "node:net";
import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S5.3", "S9.1", "S9.2", "S9.3"];

class Faulty extends ReferenceServer {
  override async accepted(p: Socket): Promise<void> {
    await super.accepted(p);
    this.end();
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
