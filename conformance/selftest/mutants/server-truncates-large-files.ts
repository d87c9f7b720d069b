// Sends at most 64 KiB, as if one write() could send everything.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.13", "N7.5", "N7.8", "N7.13"];

class Faulty extends ReferenceSession {
  override sendContent(file: FileHandle, size: number): Promise<void> {
    return super.sendContent(file, Math.min(size, 65_536));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
