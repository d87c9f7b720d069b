// Sends every file without its last byte.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.10", "S7.11", "S7.13", "S7.14", "N7.4", "N7.26"];

class Faulty extends ReferenceSession {
  override sendContent(file: FileHandle, size: number): Promise<void> {
    return super.sendContent(file, size - 1);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
