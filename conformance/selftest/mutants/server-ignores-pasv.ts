// Answers PASV as it should, and opens Q all the same.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.28"];

class Faulty extends ReferenceSession {
  override async openData(port: number): Promise<void> {
    await this.q.open(port);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
