// Takes the FIN of a client for the end of its session.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.6"];

class Faulty extends ReferenceSession {
  override async request(): Promise<void> {
    this.p.once("end", () => this.abort());
    return super.request();
  }
}

if (import.meta.main) serveWith(Faulty);
