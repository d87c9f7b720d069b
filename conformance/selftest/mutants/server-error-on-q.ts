// Sends the error about a missing file on Q, and the client saves it as the file.

import { ReferenceSession, Refusal, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.19", "S7.20", "S7.21", "N7.7", "N7.8", "N7.10"];

class Faulty extends ReferenceSession {
  override async get(name: string, port: number): Promise<void> {
    await super.get(name, port).catch(async (error: unknown) => {
      if (!(error instanceof Refusal && error.message.startsWith("550"))) throw error;
      await this.q.send(Buffer.from("File not found"));
    });
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
