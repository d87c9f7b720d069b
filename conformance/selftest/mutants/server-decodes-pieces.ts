// Decodes each piece of 1,000 bytes as a text of its own: a character across two pieces is lost.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.10", "S7.11"];

const PIECE = 1_000;

class Faulty extends ReferenceSession {
  override async sendContent(file: FileHandle, size: number): Promise<void> {
    const content = await file.readFile();
    const texts = [];
    for (let at = 0; at < size; at += PIECE) texts.push(content.toString("utf8", at, at + PIECE));
    await this.q.send(Buffer.from(texts.join("")));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
