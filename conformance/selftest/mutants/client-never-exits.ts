// Does not exit when it is done.

import { type ClientSettings, ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.1"];

class Faulty extends ReferenceClient {
  override async run(settings: ClientSettings): Promise<void> {
    await super.run(settings);
    await Bun.sleep(60_000);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
