// Sends the hash of the part after REST instead of the whole file.

import { readFileSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.10"];

class Faulty extends ReferenceSession {
  override async computeHash(file: FileHandle): Promise<string> {
    const rest = readFileSync(file.fd).subarray(this.request.offset);
    return new Bun.CryptoHasher("sha256").update(rest).digest("hex");
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
