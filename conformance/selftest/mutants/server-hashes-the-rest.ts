// Answers HASH with the hash of what was sent after REST, and not of the whole file.

import { readFileSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.10"];

class Faulty extends ReferenceSession {
  override async hash(file: FileHandle): Promise<string> {
    const rest = readFileSync(file.fd).subarray(this.offset);
    return new Bun.CryptoHasher("sha256").update(rest).digest("hex");
  }
}

if (import.meta.main) serveWith(Faulty);
