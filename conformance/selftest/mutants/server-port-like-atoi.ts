// Reads its port as atoi() does: it ignores what follows the digits.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.2"];

class Faulty extends ReferenceServer {
  override parsePort(text: string): number | undefined {
    return super.parsePort(/^\d+/.exec(text)?.[0] ?? "");
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
