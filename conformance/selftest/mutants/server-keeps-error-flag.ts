// A global flag says that a file is missing, and nobody clears it for the next client.

import type { FileHandle } from "node:fs/promises";
import { Refusal, ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.8"];

let isMissing = false;

class Faulty extends ReferenceSession {
  override async openFile(name: string): Promise<FileHandle> {
    if (isMissing) {
      isMissing = false;
      throw new Refusal("550 no such file");
    }
    try {
      return await super.openFile(name);
    } catch (error) {
      isMissing = true;
      throw error;
    }
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
