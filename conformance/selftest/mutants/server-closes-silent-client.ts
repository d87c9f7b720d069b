// Closes P if the client sends nothing within 200 ms.

import type { Socket } from "node:net";
import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S4.2", "S5.2", "N5.1"];

class Faulty extends ReferenceServer {
  override async accept(socket: Socket): Promise<void> {
    const timer = setTimeout(() => socket.destroy(), 200);
    socket.once("data", () => clearTimeout(timer));
    return super.accept(socket);
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
