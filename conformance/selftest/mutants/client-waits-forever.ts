// Waits without end for a server that never opens Q.

import type { Socket } from "node:net";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.2"];

class Faulty extends ReferenceClient {
  override async reply(): Promise<string> {
    const line = await this.lines.next();
    return typeof line === "string" ? super.reply() : line.toString();
  }

  override async accept(port: number): Promise<Socket> {
    for (;;) {
      const q = await super.accept(port).catch(() => undefined);
      if (q) return q;
    }
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
