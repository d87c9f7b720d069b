// Shows the first 1,024 bytes of a listing.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.9"];

const BUFFER = 1_024;

class Faulty extends ReferenceClient {
  override show(listing: Buffer): void {
    super.show(listing.subarray(0, BUFFER));
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
