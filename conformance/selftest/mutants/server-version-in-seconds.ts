// Takes the time of a file in whole seconds: two versions within a second are the same.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.3"];

class Faulty extends ReferenceSession {
  override async readVersion(file: FileHandle): Promise<string> {
    const { ino, size, mtimeMs } = await file.stat();
    return `${ino}-${size}-${Math.floor(mtimeMs / 1_000)}`;
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
