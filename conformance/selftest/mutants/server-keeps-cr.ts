// Reads the CR of a line end as part of the port.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.2"];

class Faulty extends ReferenceSession {
  override async run(): Promise<void> {
    this.p.lines.stripsCr = false;
    return super.run();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
