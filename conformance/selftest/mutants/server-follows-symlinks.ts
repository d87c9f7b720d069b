// Follows a symbolic link out of its directory.

import { type FileHandle, open, readlink } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.22", "N7.10"];

class Faulty extends ReferenceSession {
  override async openFile(name: string): Promise<FileHandle> {
    const target = await readlink(name).catch(() => undefined);
    if (target === undefined) return super.openFile(name);
    return open(name).catch(() => super.openFile(name));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
