// Opens Q first, and asks for the login then.

import type { Socket } from "node:net";
import { serveWith } from "../reference/server.ts";
import { Refusal, ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.11"];

class Faulty extends ReferenceSession {
  override get mayCommand(): boolean {
    return true;
  }

  override async dial(port: number): Promise<Socket> {
    const q = await super.dial(port);
    if (super.mayCommand) return q;
    this.q = q;
    throw new Refusal("530 USER and PASS come first");
  }
}

if (import.meta.main) serveWith(Faulty);
