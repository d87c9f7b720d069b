// Listens on a port of its own choice if the argument is missing.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.1"];

class Faulty extends ReferenceServer {
  override start(args: string[]): void {
    if (args.length > 0) super.start(args);
    else this.listen(0);
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
