// Counts in 226 what the file has, and not what was sent of it after REST.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.5"];

class Faulty extends ReferenceSession {
  override complete(size: number, more?: string): Promise<void> {
    return super.complete(size + this.offset, more);
  }
}

if (import.meta.main) serveWith(Faulty);
