// Follows a link out of its directory.

import { lstatSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { serveWith } from "../honest/server.ts";
import { Session } from "../honest/session.ts";

export const role = "server";
export const breaks = ["S7.22", "N7.10"];

class Faulty extends Session {
  override async open(name: string): Promise<FileHandle> {
    const link = lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink();
    return link ? open(name).catch(() => super.open(name)) : super.open(name);
  }
}

if (import.meta.main) serveWith(Faulty);
