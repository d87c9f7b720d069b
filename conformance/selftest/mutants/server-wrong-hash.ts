// Sends a wrong hash.

import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.10"];

class Faulty extends ReferenceSession {
  override async computeHash(file: FileHandle): Promise<string> {
    return (await super.computeHash(file)).split("").reverse().join("");
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
