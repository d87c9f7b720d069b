// Connects to any number that it gets as the data port.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.7"];

class Faulty extends ReferenceSession {
  override parsePort(text: string): number {
    return Number.parseInt(text, 10) || 0;
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
