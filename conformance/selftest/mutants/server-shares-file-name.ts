// Keeps the name of the file in a global variable: of clients at once, the last one decides.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.8"];

let wanted = "";
/** As long as a slow directory takes. */
const DELAY = 5;

class Faulty extends ReferenceSession {
  override async openFile(name: string): Promise<FileHandle> {
    wanted = name;
    await Bun.sleep(DELAY);
    return super.openFile(wanted);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
