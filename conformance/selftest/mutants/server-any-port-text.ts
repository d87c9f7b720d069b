// Reads its port as atoi() does: up to the first character that is no digit.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.2"];

class Faulty extends ReferenceServer {
  override port(text: string): number | undefined {
    return super.port(/^\d+/.exec(text)?.[0] ?? "");
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
