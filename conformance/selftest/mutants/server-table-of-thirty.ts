// Has a table for thirty clients, and never removes one from it.

import type { Socket } from "node:net";
import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.1"];

const TABLE = 30;
let clients = 0;

class Faulty extends ReferenceServer {
  override async accept(socket: Socket): Promise<void> {
    // One for the suite, which looks whether somebody listens.
    if (clients++ < TABLE) return super.accept(socket);
    socket.destroy();
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
