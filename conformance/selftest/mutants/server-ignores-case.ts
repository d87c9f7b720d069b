// Compares names without regard to case, and takes the first that fits.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.24"];

class Faulty extends ReferenceSession {
  override async openFile(name: string): Promise<FileHandle> {
    const names = await this.listNames();
    const equal = names.find((one) => one.toLowerCase() === name.toLowerCase());
    return super.openFile(equal ?? name);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
