// Takes a FIN on Q for the end of TLS.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.27"];

class Faulty extends ReferenceClient {
  override isEnd(): boolean {
    return true;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
