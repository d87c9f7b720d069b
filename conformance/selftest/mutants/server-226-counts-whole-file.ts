// Reports the size of the whole file in 226, although it sent the rest after REST.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.5"];

class Faulty extends ReferenceSession {
  override complete(size: number, fields?: string): Promise<void> {
    return super.complete(size + this.request.offset, fields);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
