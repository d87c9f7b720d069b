// Makes the listing for the first client and sends it to all others.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.8"];

let listing: Promise<string[]> | undefined;

class Faulty extends ReferenceSession {
  override listNames(): Promise<string[]> {
    return (listing ??= super.listNames());
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
