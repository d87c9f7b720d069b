// Exits after its first client.

import type { Socket } from "node:net";
import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S5.3", "S9.1", "S9.2", "S9.3"];

class Faulty extends ReferenceServer {
  override async accept(socket: Socket): Promise<void> {
    await super.accept(socket);
    this.end();
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
