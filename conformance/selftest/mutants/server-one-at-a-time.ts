// Serves one client at a time, and lets the others wait for a silent one.

import type { Socket } from "node:net";
import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.4"];

class Faulty extends ReferenceServer {
  previous: Promise<void> = Promise.resolve();

  override accept(socket: Socket): Promise<void> {
    socket.pause();
    this.previous = this.previous.then(() => {
      socket.resume();
      return super.accept(socket);
    });
    return this.previous;
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
