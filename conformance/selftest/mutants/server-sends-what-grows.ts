// Sends a file to its end, which may come later than the end that 150 has announced.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.4"];
const PIECE = 65_536;

class Faulty extends ReferenceSession {
  override async sendContent(file: FileHandle, size: number): Promise<void> {
    await super.sendContent(file, size);
    for (let at = this.request.offset + size; ;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(PIECE), 0, PIECE, at);
      if (bytesRead === 0) return;
      await this.q.send(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
