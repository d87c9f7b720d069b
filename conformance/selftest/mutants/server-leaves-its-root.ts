// Opens whatever path it is given.

import { type FileHandle, open } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.21", "S7.22", "N7.10", "N7.11"];

class Faulty extends ReferenceSession {
  override open(name: string): Promise<FileHandle> {
    return open(name).catch(() => super.open(name));
  }
}

if (import.meta.main) serveWith(Faulty);
