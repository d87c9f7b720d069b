// Takes a name to end at its first space.

import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.14", "N6.5"];

class Faulty extends ReferenceSession {
  override open(name: string): Promise<FileHandle> {
    return super.open(name.trim().split(" ")[0] ?? "");
  }
}

if (import.meta.main) serveWith(Faulty);
