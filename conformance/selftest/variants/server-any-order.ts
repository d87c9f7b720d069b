// Lists its files in whatever order.

import { serveWith } from "../reference/server.ts";
import { Session } from "../reference/session.ts";

export const role = "server";
export const native = false;

class Odd extends Session {
  override async names(): Promise<string[]> {
    return (await super.names()).reverse();
  }
}

if (import.meta.main) serveWith(Odd);
