// Copies the name into a buffer of 32 bytes.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.24", "S7.25"];

const BUFFER = 32;

class Faulty extends ReferenceSession {
  override openFile(name: string): Promise<FileHandle> {
    return super.openFile(name.slice(0, BUFFER - 1));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
