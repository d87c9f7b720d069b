// Cuts a port that is too large to 16 bits, as htons() does.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.3"];

class Faulty extends ReferenceServer {
  override port(text: string): number | undefined {
    return super.port(/^\d+$/.test(text) ? String(Number(text) % 65_536) : text);
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
