// Leaves its end of Q open until 226.

import type { Socket } from "node:net";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N8.2"];

class Faulty extends ReferenceClient {
  override closeQ(q: Socket): void {
    q.setTimeout(0); // nor does it lose patience with it
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
