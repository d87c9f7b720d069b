// Reports success when Q ends, whatever the server says then.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.16", "N7.17"];

class Faulty extends ReferenceClient {
  override async confirm(): Promise<void> {
    await this.p.readReply();
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
