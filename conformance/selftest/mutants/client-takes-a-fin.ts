// Takes a FIN on Q for the end of TLS.

import { HonestClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.27"];

class Faulty extends HonestClient {
  override isEnd(): boolean {
    return true;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
