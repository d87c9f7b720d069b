// Repeats the name of a missing file in its reply, however long the name is.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, Refusal, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.1"];

class Faulty extends ReferenceSession {
  override openFile(name: string): Promise<FileHandle> {
    return super.openFile(name).catch(() => {
      throw new Refusal(`550 there is no such file here: ${name}`);
    });
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
