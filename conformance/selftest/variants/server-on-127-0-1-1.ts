// Listens on 127.0.1.1 only, which is what the name of the host means on Debian and Ubuntu.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const leaves = ["N2.1"];

class Odd extends ReferenceServer {
  override listen(port: number): void {
    super.listen(port, "127.0.1.1");
  }
}

if (import.meta.main) startServer({ ReferenceServer: Odd });
