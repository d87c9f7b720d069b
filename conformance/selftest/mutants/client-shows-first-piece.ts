// Shows only what the first recv() of a listing gives it.

import { ClientData, ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.9"];

let first: Buffer | undefined;

class Data extends ClientData {
  override read(...args: Parameters<ClientData["read"]>): Promise<Buffer> {
    args[0].once("data", (piece: Buffer) => (first = piece));
    return super.read(...args);
  }
}

class Faulty extends ReferenceClient {
  override show(listing: Buffer): void {
    super.show(first ?? listing);
  }
}

if (import.meta.main) void startClient({ ClientData: Data, ReferenceClient: Faulty });
