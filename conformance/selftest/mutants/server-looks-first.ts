// Looks at the name before it dials Q.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.7"];

class Faulty extends ReferenceSession {
  override async get(name: string, port: number): Promise<void> {
    await (await this.open(name)).close();
    return super.get(name, port);
  }
}

if (import.meta.main) serveWith(Faulty);
