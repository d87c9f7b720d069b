// Encrypts P, and takes Q in the clear.

import type { Socket } from "node:net";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.24"];

class Faulty extends ReferenceClient {
  override async prove(accepted: Socket, key: string): Promise<Socket> {
    accepted.write(this.proof(key));
    return accepted;
  }

  override isEnd(): boolean {
    return true;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
