// Reads a file name as Latin-1 instead of UTF-8.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.1"];

class Faulty extends ReferenceSession {
  override openFile(name: string): Promise<FileHandle> {
    return super.openFile(Buffer.from(name).toString("latin1"));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
