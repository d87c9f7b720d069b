// Does not end when it is done.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.1"];

class Faulty extends ReferenceClient {
  override async run(call: Call): Promise<void> {
    await super.run(call);
    await Bun.sleep(60_000);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
