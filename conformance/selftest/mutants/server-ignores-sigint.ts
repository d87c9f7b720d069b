// Ignores SIGINT.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.5", "S9.7", "N9.1"];

class Faulty extends ReferenceServer {
  override interrupted(): void {}
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
