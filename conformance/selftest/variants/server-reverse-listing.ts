// Lists its files in reverse order.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;

class Odd extends ReferenceSession {
  override async listNames(): Promise<string[]> {
    return (await super.listNames()).reverse();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Odd });
