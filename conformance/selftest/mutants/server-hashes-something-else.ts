// Answers HASH with the hash of something else.

import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.10"];

class Faulty extends ReferenceSession {
  override async hash(file: FileHandle): Promise<string> {
    return (await super.hash(file)).split("").reverse().join("");
  }
}

if (import.meta.main) serveWith(Faulty);
