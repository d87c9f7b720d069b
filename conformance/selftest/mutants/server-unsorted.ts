// Lists names in the reverse order.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.9", "N7.12"];

class Faulty extends ReferenceSession {
  override async names(): Promise<string[]> {
    return (await super.names()).reverse();
  }
}

if (import.meta.main) serveWith(Faulty);
