// Says hello in the clear, and speaks TLS then.

import type { Socket } from "node:net";
import type { Pair } from "../reference/secure.ts";
import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N4.1", "N5.3"];

class Faulty extends ReferenceServer {
  override seal(p: Socket, pair: Pair): Promise<Socket | undefined> {
    p.write("220 welcome\n");
    return super.seal(p, pair);
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
