// Reads each file into one buffer and sends all that is in it, the end of a larger file before too.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.8", "N7.4"];

let buffer = Buffer.alloc(0);

class Faulty extends ReferenceSession {
  override async sendFile(file: FileHandle, size: number): Promise<void> {
    const content = await file.readFile();
    if (content.length > buffer.length) buffer = Buffer.from(content);
    else content.copy(buffer);
    return super.sendFile(file, size);
  }

  override async sendContent(_: FileHandle, size: number): Promise<void> {
    await this.q.send(size === 0 ? Buffer.alloc(0) : buffer);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
