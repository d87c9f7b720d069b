// Does nothing for a file name with a space.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.14", "N6.5"];
/** A missing name with a space gets no error either, so a generated run may rest on this. */
export const leaves = ["S7.19"];

class Faulty extends ReferenceSession {
  override async get(name: string, port: number): Promise<void> {
    if (!name.includes(" ")) await super.get(name, port);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
