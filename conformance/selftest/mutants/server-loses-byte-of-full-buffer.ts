// Counts with a buffer of 500 bytes that is never full: at exact multiples the last byte is lost.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.10"];

const BUFFER = 500;

class Faulty extends ReferenceSession {
  override sendContent(file: FileHandle, size: number): Promise<void> {
    const isFull = size > 0 && size % BUFFER === 0;
    return super.sendContent(file, isFull ? size - 1 : size);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
