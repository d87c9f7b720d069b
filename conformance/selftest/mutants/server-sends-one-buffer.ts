// Reads a file once, into a buffer of 4,096 bytes, and sends no more than that.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.10", "S7.13"];

const BUFFER = 4_096; // bytes

class Faulty extends ReferenceSession {
  override sendContent(file: FileHandle, size: number): Promise<void> {
    return super.sendContent(file, Math.min(size, BUFFER));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
