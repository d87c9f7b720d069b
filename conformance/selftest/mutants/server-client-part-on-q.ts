// Takes the TLS client's part on Q, since it has dialled.

import { type Pair, sealAsClient } from "../reference/secure.ts";
import { serveWith } from "../reference/server.ts";
import { Refusal, ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.23"];

class Faulty extends ReferenceSession {
  override async prove(_pair: Pair, key: string): Promise<void> {
    if (!this.q) return;
    const timer = setTimeout(() => this.q?.destroy(), this.proofLimit);
    const sealed = await sealAsClient(this.q, "").catch(() => undefined);
    clearTimeout(timer);
    if (!sealed) throw new Refusal("425 no TLS on the data connection");
    this.q = sealed;
    await this.expect(sealed, key);
  }
}

if (import.meta.main) serveWith(Faulty);
