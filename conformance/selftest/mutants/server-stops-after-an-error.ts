// Ends after an unknown command.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S9.2"];

class Faulty extends ReferenceSession {
  override async invalid(line: string): Promise<void> {
    setTimeout(() => process.exit(1), 20);
    return super.invalid(line);
  }
}

if (import.meta.main) serveWith(Faulty);
