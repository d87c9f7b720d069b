// Waits without end for a Q that was announced.

import type { Socket } from "node:net";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.2"];

class Faulty extends ReferenceClient {
  override async accept(port: number): Promise<Socket> {
    for (;;) {
      const q = await super.accept(port).catch(() => undefined);
      if (q) return q;
    }
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
