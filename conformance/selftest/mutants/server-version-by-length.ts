// Reports the same version of a file as long as its length stays the same.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.3"];

class Faulty extends ReferenceSession {
  override async readVersion(file: FileHandle): Promise<string> {
    const { ino, size } = await file.stat();
    return `${ino}-${size}`;
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
