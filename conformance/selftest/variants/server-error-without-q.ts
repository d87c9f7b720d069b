// Checks the file before it opens Q, and opens no Q if there is an error.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;

class Odd extends ReferenceSession {
  override async get(name: string, port: number): Promise<void> {
    await (await this.openFile(name)).close();
    return super.get(name, port);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Odd });
