// Ends its direction of Q behind the key.

import type { Socket } from "node:net";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.25", "N7.27"];

class Faulty extends ReferenceClient {
  override async prove(accepted: Socket, key: string): Promise<Socket> {
    const q = await super.prove(accepted, key);
    accepted.end();
    return q;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
