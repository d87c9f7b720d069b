// Treats bytes that come on Q before the TLS handshake as part of the file.

import type { Socket } from "node:net";
import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.24"];

class Faulty extends ClientData {
  #early: Buffer = Buffer.alloc(0);

  override async secure(accepted: Socket, key: string): Promise<Socket> {
    const take = (piece: Buffer): unknown => (this.#early = piece);
    accepted.once("data", take).resume();
    await Bun.sleep(20);
    accepted.pause().off("data", take);
    return super.secure(accepted, key);
  }

  override hasEarlyBytes(): boolean {
    return false;
  }

  override async read(socket: Socket, bytes: number): Promise<Buffer> {
    return Buffer.concat([this.#early, await super.read(socket, bytes - this.#early.length)]);
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
