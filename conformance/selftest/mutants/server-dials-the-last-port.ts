// Opens Q to the port of the last client, before the new one has asked.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S5.1"];

let last = 0;

class Faulty extends ReferenceSession {
  override async request(): Promise<void> {
    if (last > 0)
      await this.dial(last)
        .then((q) => q.destroy())
        .catch(() => {});
    return super.request();
  }

  override port(text: string): number {
    last = super.port(text);
    return last;
  }
}

if (import.meta.main) serveWith(Faulty);
