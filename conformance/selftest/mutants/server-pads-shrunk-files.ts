// Fills up with NULs where a file has shrunk, and says 226.

import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.13"];

class Faulty extends ReferenceSession {
  override async stream(file: FileHandle, size: number): Promise<void> {
    await super.stream(file, size).catch(async (error: Error) => {
      if (!error.message.startsWith("450")) throw error;
    });
  }
}

if (import.meta.main) serveWith(Faulty);
