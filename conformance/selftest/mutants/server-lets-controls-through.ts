// Takes control characters in a name as they are.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.8"];

class Faulty extends ReferenceSession {
  override text(line: Buffer): string {
    return line.toString();
  }
}

if (import.meta.main) serveWith(Faulty);
