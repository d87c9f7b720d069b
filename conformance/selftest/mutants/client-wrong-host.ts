// Connects to another address than it was given, and waits.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S4.1"];

class Faulty extends ReferenceClient {
  override open(call: Call): Promise<void> {
    return super.open({ ...call, port: 9 }).catch(() => Bun.sleep(60_000));
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
