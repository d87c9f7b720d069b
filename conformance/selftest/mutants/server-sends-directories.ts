// Sends a directory as an empty file.

import { type FileHandle, open } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.21", "N7.10"];

class Faulty extends ReferenceSession {
  override async open(name: string): Promise<FileHandle> {
    return name === "folder" ? open("/dev/null") : super.open(name);
  }
}

if (import.meta.main) serveWith(Faulty);
