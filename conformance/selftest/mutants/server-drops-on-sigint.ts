// Cuts running transfers at the first SIGINT.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N9.1"];

class Faulty extends ReferenceServer {
  override interrupted(): void {
    this.end();
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
