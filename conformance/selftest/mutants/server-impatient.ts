// Gives a client half a second to send its command.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S5.2"];

class Faulty extends ReferenceSession {
  override async request(): Promise<void> {
    const timer = setTimeout(() => this.abort(), 500);
    this.p.once("data", () => clearTimeout(timer));
    return super.request();
  }
}

if (import.meta.main) serveWith(Faulty);
