// Counts the names instead of showing them.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.9"];

class Faulty extends ReferenceClient {
  override show(listing: Buffer): void {
    console.log(`${listing.toString().split("\n").length - 1} files`);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
