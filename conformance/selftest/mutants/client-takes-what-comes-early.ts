// Counts what came before the handshake on Q to the file.

import type { Socket } from "node:net";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.24"];

class Faulty extends ReferenceClient {
  #early: Buffer = Buffer.alloc(0);

  override async prove(accepted: Socket, key: string): Promise<Socket> {
    const take = (piece: Buffer): unknown => (this.#early = piece);
    accepted.once("data", take).resume();
    await Bun.sleep(20);
    accepted.pause().off("data", take);
    return super.prove(accepted, key);
  }

  override early(): boolean {
    return false;
  }

  override async receive(q: Socket, bytes: number): Promise<void> {
    await super.receive(q, bytes - this.#early.length);
    this.received = Buffer.concat([this.#early, this.received]);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
