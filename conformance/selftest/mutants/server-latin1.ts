// Reads requests as if every byte were a character.

import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.1"];

class Faulty extends ReferenceSession {
  override open(name: string): Promise<FileHandle> {
    return super.open(Buffer.from(name).toString("latin1"));
  }
}

if (import.meta.main) serveWith(Faulty);
