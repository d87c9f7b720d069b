// Takes a name as a pattern, as a shell does.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.24"];

class Faulty extends ReferenceSession {
  override async openFile(name: string): Promise<FileHandle> {
    const pattern = new Bun.Glob(name);
    const names = await this.listNames();
    return super.openFile(names.find((one) => pattern.match(one)) ?? name);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
