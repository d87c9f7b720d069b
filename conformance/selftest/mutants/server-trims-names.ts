// Takes the spaces off a name.

import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.5"];

class Faulty extends ReferenceSession {
  override open(name: string): Promise<FileHandle> {
    return super.open(name.trim());
  }
}

if (import.meta.main) serveWith(Faulty);
