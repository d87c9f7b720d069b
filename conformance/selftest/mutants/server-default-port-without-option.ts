// Takes its port as -p PORT, refuses -p alone, and serves on a port of its own choice without any argument.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.1"];
export const call = "-p {port}";

class Faulty extends ReferenceServer {
  override start([option, ...args]: string[]): void {
    if (option === undefined) this.listen(0);
    else super.start(args);
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
