// Closes P if no command comes within half a second.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S5.2"];

class Faulty extends ReferenceSession {
  override async run(): Promise<void> {
    const timer = setTimeout(() => this.abort(), 500);
    this.p.socket.once("data", () => clearTimeout(timer));
    return super.run();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
