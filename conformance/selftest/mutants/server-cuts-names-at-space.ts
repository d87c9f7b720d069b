// Reads a file name only up to its first space.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.14", "N6.5"];

class Faulty extends ReferenceSession {
  override openFile(name: string): Promise<FileHandle> {
    return super.openFile(name.trim().split(" ")[0] ?? "");
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
