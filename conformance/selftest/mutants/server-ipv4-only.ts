// Listens on IPv4 only.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N2.1"];

class Faulty extends ReferenceServer {
  override listen(port: number): void {
    super.listen(port, "0.0.0.0");
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
