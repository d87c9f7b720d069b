// Sends a directory as an empty file.

import { type FileHandle, open } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.21", "N7.10"];

class Faulty extends ReferenceSession {
  override async openFile(name: string): Promise<FileHandle> {
    return name === "folder" ? open("/dev/null") : super.openFile(name);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
