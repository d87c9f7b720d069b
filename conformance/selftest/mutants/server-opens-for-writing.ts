// Opens a file for reading and writing, and writes its last byte again.

import { type FileHandle, open } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.26"];

class Faulty extends ReferenceSession {
  override async get(name: string, port: number): Promise<void> {
    await super.get(name, port);
    const file = await open(name, "r+");
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    const { bytesRead } = await file.read(last, 0, 1, Math.max(0, size - 1));
    if (bytesRead > 0) await file.write(last, 0, 1, size - 1);
    await file.close();
  }

  override openFile(name: string): Promise<FileHandle> {
    return super.openFile(name);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
