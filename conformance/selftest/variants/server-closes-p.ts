// Closes P right behind its last reply, and does not wait for the client to do it.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const native = false;
export const leaves = ["S8.5"];

class Odd extends ReferenceSession {
  override async finish(): Promise<void> {
    await new Promise<void>((sent) => this.p.end(sent));
    this.p.destroy();
  }
}

if (import.meta.main) serveWith(Odd);
