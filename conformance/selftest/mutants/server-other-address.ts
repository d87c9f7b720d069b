// Dials Q to the usual address, wherever P comes from.

import type { Socket } from "node:net";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.6"];

class Faulty extends ReferenceSession {
  override dial(port: number): Promise<Socket> {
    return super.dial(port, "127.0.0.1");
  }
}

if (import.meta.main) serveWith(Faulty);
