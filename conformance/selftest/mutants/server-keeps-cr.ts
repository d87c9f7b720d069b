// Takes the CR of a line end for a part of the port.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.2"];

class Faulty extends ReferenceSession {
  override async request(): Promise<void> {
    this.lines.carriage = false;
    return super.request();
  }
}

if (import.meta.main) serveWith(Faulty);
