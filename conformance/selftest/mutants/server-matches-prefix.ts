// Compares only as many letters as the request has: a beginning of a name is enough.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.24"];

class Faulty extends ReferenceSession {
  override async openFile(name: string): Promise<FileHandle> {
    const names = await this.listNames();
    const similar = names.find((one) => one.startsWith(name) && name.length > 1);
    return super.openFile(names.includes(name) ? name : (similar ?? name));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
