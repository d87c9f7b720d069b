// Says nothing when it is ready.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S2.2"];

class Faulty extends ReferenceServer {
  override ready(): void {}
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
