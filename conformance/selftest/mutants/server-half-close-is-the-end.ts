// Over TLS it leaves as soon as the client has said all.

import type { Socket } from "node:net";
import { HANDSHAKE, type Pair, sealAsServer } from "../reference/secure.ts";
import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.14"];

class Faulty extends ReferenceServer {
  override async seal(p: Socket, pair: Pair): Promise<Socket | undefined> {
    const hello = await new Promise<Buffer>((resolve) => p.once("data", resolve));
    if (hello[0] !== HANDSHAKE) return this.misunderstood(p);
    return sealAsServer(p, pair, { hello, halfOpen: false });
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
