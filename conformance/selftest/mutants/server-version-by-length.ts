// Takes a file for unchanged as long as its length stays the same.

import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.3"];

class Faulty extends ReferenceSession {
  override async version(file: FileHandle): Promise<string> {
    const { ino, size } = await file.stat();
    return `${ino}-${size}`;
  }
}

if (import.meta.main) serveWith(Faulty);
