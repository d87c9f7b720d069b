// Takes a while to listen, and a while to end.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";

const WHILE = 700; // milliseconds: a virtual machine loads, or threads are waited for

class Odd extends ReferenceServer {
  override listen(port: number, host?: string): void {
    setTimeout(() => super.listen(port, host), WHILE);
  }

  override end(): void {
    setTimeout(() => super.end(), WHILE);
  }
}

if (import.meta.main) new Odd().start(process.argv.slice(2));
