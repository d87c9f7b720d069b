// Sends 226 although the file has shrunk and part of it is missing.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.13"];

class Faulty extends ReferenceSession {
  override async sendContent(file: FileHandle, size: number): Promise<void> {
    await super.sendContent(file, size).catch((error: Error) => {
      if (!error.message.startsWith("450")) throw error;
    });
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
