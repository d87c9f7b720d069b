// Removes the spaces around a file name.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.5"];

class Faulty extends ReferenceSession {
  override openFile(name: string): Promise<FileHandle> {
    return super.openFile(name.trim());
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
