// Lets a byte now and then wind its clock back.

import type { Broken } from "../reference/line.ts";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N5.2"];

class Faulty extends ReferenceSession {
  override async broken(how: Broken): Promise<void> {
    if (how === "too late") await Bun.sleep(120_000);
    return super.broken(how);
  }
}

if (import.meta.main) serveWith(Faulty);
