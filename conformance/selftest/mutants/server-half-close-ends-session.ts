// Ends the session when the client sends a FIN.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.6"];

class Faulty extends ReferenceSession {
  override async run(): Promise<void> {
    this.p.socket.once("end", () => this.abort());
    return super.run();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
