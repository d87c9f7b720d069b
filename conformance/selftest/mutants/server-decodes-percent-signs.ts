// Decodes a name as a web server decodes a path.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.24"];

class Faulty extends ReferenceSession {
  override async openFile(name: string): Promise<FileHandle> {
    const decode = (code: string): string =>
      String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return super.openFile(name.replace(/%[0-9a-f]{2}/gi, decode));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
