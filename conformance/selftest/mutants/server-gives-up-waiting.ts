// Ends when no client has come for a while.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S2.1"];

class Faulty extends ReferenceServer {
  override ready(port: number): void {
    super.ready(port);
    const idle = setTimeout(() => this.sessions.size === 0 && this.end(), 900);
    this.listener.once("connection", () => clearTimeout(idle));
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
