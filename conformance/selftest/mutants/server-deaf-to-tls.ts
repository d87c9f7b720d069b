// Waits for the end of a line where a client speaks TLS.

import type { Broken } from "../reference/line.ts";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N5.5"];

class Faulty extends ReferenceSession {
  override async broken(how: Broken): Promise<void> {
    if (how !== "foreign") return super.broken(how);
    await Bun.sleep(6_000);
    return super.broken("too late");
  }
}

if (import.meta.main) serveWith(Faulty);
