// Does not know USER and PASS.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.4", "N6.11"];

class Faulty extends ReferenceSession {
  override async option(line: string): Promise<boolean> {
    return !/^(USER|PASS) /.test(line) && super.option(line);
  }
}

if (import.meta.main) serveWith(Faulty);
