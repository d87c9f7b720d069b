// Follows a link out of its directory.

import { type FileHandle, open, readlink } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.22", "N7.10"];

class Faulty extends ReferenceSession {
  override async open(name: string): Promise<FileHandle> {
    const target = await readlink(name).catch(() => undefined);
    return target === undefined ? super.open(name) : open(name).catch(() => super.open(name));
  }
}

if (import.meta.main) serveWith(Faulty);
