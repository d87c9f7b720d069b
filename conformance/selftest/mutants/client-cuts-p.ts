// Ends P over TLS with FIN alone.

import { cut } from "../reference/secure.ts";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.27"];

class Faulty extends ReferenceClient {
  override async endTls(): Promise<void> {
    await Bun.sleep(20);
    if (this.p) cut(this.p);
    process.exit();
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
