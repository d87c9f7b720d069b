// Sends the file as soon as hands are shaken on Q.

import type { Socket } from "node:net";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.26"];

class Faulty extends ReferenceSession {
  override async expect(q: Socket): Promise<void> {
    q.resume();
  }
}

if (import.meta.main) serveWith(Faulty);
