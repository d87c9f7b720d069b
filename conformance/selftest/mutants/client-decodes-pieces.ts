// Decodes each piece of a file as text of its own: a letter that is split between two pieces is lost.

import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.15", "S7.30"];

class Faulty extends ClientData {
  override async read(...args: Parameters<ClientData["read"]>): Promise<Buffer> {
    const texts: string[] = [];
    args[0].on("data", (piece: Buffer) => void texts.push(piece.toString()));
    await super.read(...args);
    return Buffer.from(texts.join(""));
  }
}

if (import.meta.main) void startClient({ ClientData: Faulty });
