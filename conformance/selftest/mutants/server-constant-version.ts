// Reports the same version for all states of a file.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.3"];

class Faulty extends ReferenceSession {
  override async readVersion(): Promise<string> {
    return "v1";
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
