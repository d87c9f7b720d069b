// Closes Q and P after the last byte, and sends no 226.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.5"];

class Faulty extends ReferenceSession {
  override async complete(): Promise<void> {
    await this.q.close();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
