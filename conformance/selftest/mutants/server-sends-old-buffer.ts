// Sends the whole buffer, with what is left in it of a larger file before.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.8"];

let buffer = Buffer.alloc(0);

class Faulty extends ReferenceSession {
  override async sendContent(file: FileHandle, size: number): Promise<void> {
    await super.sendContent(file, size);
    const content = Buffer.alloc(size);
    await file.read(content, 0, size, this.request.offset);
    if (size >= buffer.length) buffer = content;
    else if (size > 0) await this.q.send(buffer.subarray(size));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
