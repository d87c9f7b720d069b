// Sends the error about a missing file on Q, where a client takes it for the file.

import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { Refusal, ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.19", "S7.20", "S7.21", "N7.7", "N7.8", "N7.10"];

class Faulty extends ReferenceSession {
  override async open(name: string): Promise<FileHandle> {
    try {
      return await super.open(name);
    } catch {
      await this.send(Buffer.from("File not found"));
      throw new Refusal("");
    }
  }

  override async reply(text: string): Promise<void> {
    if (text !== "") return super.reply(text);
  }
}

if (import.meta.main) serveWith(Faulty);
