// Cuts a port that is too large to 16 bits, as htons() does.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.3"];

class Faulty extends ReferenceServer {
  override parsePort(text: string): number | undefined {
    return super.parsePort(/^\d+$/.test(text) ? String(Number(text) % 65_536) : text);
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
