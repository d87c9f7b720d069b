// Looks for the file before it opens Q, and opens none for an error.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const native = false;

class Odd extends ReferenceSession {
  override async get(name: string, port: number): Promise<void> {
    await (await this.open(name)).close();
    return super.get(name, port);
  }
}

if (import.meta.main) serveWith(Odd);
