// Takes its time before it opens Q, and before it speaks.

import type { Socket } from "node:net";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";

const LATE = 250; // milliseconds, as on the network of a campus

class Odd extends ReferenceSession {
  override async dial(port: number): Promise<Socket> {
    await Bun.sleep(LATE);
    return super.dial(port);
  }

  override async reply(text: string): Promise<void> {
    await Bun.sleep(LATE / 5);
    return super.reply(text);
  }
}

if (import.meta.main) serveWith(Odd);
