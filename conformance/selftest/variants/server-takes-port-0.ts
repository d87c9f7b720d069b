// Takes port 0 as any free port, and prints the port that it got.

import type { AddressInfo } from "node:net";
import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";

class ChoosingServer extends ReferenceServer {
  override parsePort(text: string): number | undefined {
    return text === "0" ? 0 : super.parsePort(text);
  }

  override reportReady(): void {
    super.reportReady((this.listener.address() as AddressInfo).port);
  }
}

if (import.meta.main) startServer({ ReferenceServer: ChoosingServer });
