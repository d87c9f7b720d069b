// Still speaks TLS 1.2 with whoever has nothing newer.

import type { Socket } from "node:net";
import { HANDSHAKE, type Pair, sealAsServer } from "../reference/secure.ts";
import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N4.1"];

class Faulty extends ReferenceServer {
  override async seal(p: Socket, pair: Pair): Promise<Socket | undefined> {
    const hello = await new Promise<Buffer>((resolve) => p.once("data", resolve));
    if (hello[0] !== HANDSHAKE) return this.misunderstood(p);
    return sealAsServer(p, pair, { hello, oldest: "TLSv1.2" });
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
