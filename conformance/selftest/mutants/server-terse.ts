// Refuses without saying what.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.5"];

class Faulty extends ReferenceServer {
  override refuse(): void {
    console.error("no");
    process.exitCode = 2;
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
