// Sends 64 KiB at most, and calls that all: what the kernel takes at once, also for a client that does not read.

import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.13", "N7.5", "N7.8", "N7.13"];

class Faulty extends ReferenceSession {
  override stream(file: FileHandle, size: number): Promise<void> {
    return super.stream(file, Math.min(size, 65_536));
  }
}

if (import.meta.main) serveWith(Faulty);
