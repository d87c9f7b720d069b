// Opens any path that a client asks for.

import { type FileHandle, open } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.21", "S7.22", "N7.10", "N7.11"];

class Faulty extends ReferenceSession {
  override openFile(name: string): Promise<FileHandle> {
    return open(name).catch(() => super.openFile(name));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
