// Takes a while to listen and a while to exit.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";

const DELAY = 700; // milliseconds, as a virtual machine needs to start and threads to end

class Odd extends ReferenceServer {
  override listen(port: number, host?: string): void {
    setTimeout(() => super.listen(port, host), DELAY);
  }

  override end(): void {
    setTimeout(() => super.end(), DELAY);
  }
}

if (import.meta.main) startServer({ ReferenceServer: Odd });
