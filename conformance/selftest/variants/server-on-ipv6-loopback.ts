// Listens on ::1 only.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const leaves = ["N2.1"];

class Odd extends ReferenceServer {
  override listen(port: number): void {
    super.listen(port, "::1");
  }
}

if (import.meta.main) startServer({ ReferenceServer: Odd });
