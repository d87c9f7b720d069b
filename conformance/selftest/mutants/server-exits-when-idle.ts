// Exits if no client connects for a while.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S2.1"];

class Faulty extends ReferenceServer {
  override reportReady(port: number): void {
    super.reportReady(port);
    const timer = setTimeout(() => this.sessions.size === 0 && this.end(), 900);
    this.listener.once("connection", () => clearTimeout(timer));
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
