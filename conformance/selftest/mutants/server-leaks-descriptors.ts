// Opens the file before it connects Q, and does not close it if that fails.

import { open } from "node:fs/promises";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.9"];

/** Kept, or the runtime would close them at some time. */
const kept: unknown[] = [];

class Faulty extends ReferenceSession {
  override async get(name: string, port: number): Promise<void> {
    const file = await open(name).catch(() => undefined);
    try {
      await super.get(name, port);
    } catch (error) {
      kept.push(file);
      throw error;
    }
    await file?.close();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
