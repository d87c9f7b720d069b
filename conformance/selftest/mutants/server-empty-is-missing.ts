// Takes an empty file for one that is not there.

import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { Refusal, ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.12"];

class Faulty extends ReferenceSession {
  override async open(name: string): Promise<FileHandle> {
    const file = await super.open(name);
    if ((await file.stat()).size > 0) return file;
    await file.close();
    throw new Refusal("550 File not found");
  }
}

if (import.meta.main) serveWith(Faulty);
