// Shows how many files there are, and not their names.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.9"];

class Faulty extends ReferenceClient {
  override show(listing: Buffer): void {
    console.log(`${listing.toString().split("\n").length - 1} files`);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
