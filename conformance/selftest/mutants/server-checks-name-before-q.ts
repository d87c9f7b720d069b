// Checks the file name before it opens Q.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.7"];

class Faulty extends ReferenceSession {
  override async get(name: string, port: number): Promise<void> {
    await (await this.openFile(name)).close();
    return super.get(name, port);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
