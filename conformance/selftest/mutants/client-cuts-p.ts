// Ends P over TLS with FIN alone.

import { cut } from "../reference/secure.ts";
import { HonestClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.27"];

class Faulty extends HonestClient {
  override async endTls(): Promise<void> {
    await Bun.sleep(20);
    if (this.p) cut(this.p);
    process.exit();
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
