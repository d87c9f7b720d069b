// Tells the sizes after FACTS in kilobytes.

import type { Stats } from "node:fs";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.19"];

class Faulty extends ReferenceSession {
  override formatFacts(stats: Stats): string {
    return super.formatFacts(Object.assign(stats, { size: Math.ceil(stats.size / 1024) }));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
