// Opens Q from another address than the one at which the client has reached it.

import type { Socket } from "node:net";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.5", "N7.6"];

class Faulty extends ReferenceSession {
  override dial(port: number): Promise<Socket> {
    return super.dial(port, undefined, "127.0.0.3");
  }
}

if (import.meta.main) serveWith(Faulty);
