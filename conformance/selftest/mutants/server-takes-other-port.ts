// Listens on another port if the one in its argument is in use.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.4"];

class Faulty extends ReferenceServer {
  override refusePort(): void {
    this.listener.listen(0);
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
