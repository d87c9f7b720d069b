// Opens Q for an invalid command as well.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.2"];

class Faulty extends ReferenceSession {
  override async invalid(line: string): Promise<void> {
    const port = Number(line.split(" ").at(-1));
    if (port > 0) this.q = await this.dial(port);
    return super.invalid(line);
  }
}

if (import.meta.main) serveWith(Faulty);
