// Does not count what came.

import type { Socket } from "node:net";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.16", "N7.17", "N7.27"];

class Faulty extends ReferenceClient {
  override receive(q: Socket): Promise<void> {
    return super.receive(q, NaN).catch((error: unknown) => {
      if (this.received.length === 0) throw error;
    });
  }

  override verify(): void {}
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
