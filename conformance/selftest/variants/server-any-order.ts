// Lists its files in whatever order.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const native = false;

class Odd extends ReferenceSession {
  override async names(): Promise<string[]> {
    return (await super.names()).reverse();
  }
}

if (import.meta.main) serveWith(Odd);
