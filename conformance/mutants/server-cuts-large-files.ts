// Sends a megabyte at most, and calls that all.

import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../honest/server.ts";
import { Session } from "../honest/session.ts";

export const role = "server";
export const breaks = ["S7.13", "N7.5", "N7.13"];

class Faulty extends Session {
  override stream(file: FileHandle, size: number): Promise<void> {
    return super.stream(file, Math.min(size, 1_048_576));
  }
}

if (import.meta.main) serveWith(Faulty);
