// Says nothing if it cannot open Q for a listing.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.7"];

class Faulty extends ReferenceSession {
  override async list(port: number): Promise<void> {
    try {
      await super.list(port);
    } catch (error) {
      if (!String(error).includes("425")) throw error;
    }
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
