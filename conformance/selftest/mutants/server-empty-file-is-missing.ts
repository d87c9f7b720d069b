// Reports an empty file as missing.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, Refusal, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.12"];

class Faulty extends ReferenceSession {
  override async openFile(name: string): Promise<FileHandle> {
    const file = await super.openFile(name);
    if ((await file.stat()).size > 0) return file;
    await file.close();
    throw new Refusal("550 File not found");
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
