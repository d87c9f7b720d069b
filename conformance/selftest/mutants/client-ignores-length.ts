// Does not compare the length of the file with the announced one, nor the hash.

import { ClientData, ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.16", "N7.17", "N7.27"];

class AnyLength extends ClientData {
  override isComplete(payload: Buffer): boolean {
    return payload.length > 0;
  }
}

class AnyHash extends ReferenceClient {
  override async confirm(): Promise<void> {
    await this.p.expectReply("226");
  }
}

if (import.meta.main) await startClient({ ClientData: AnyLength, ReferenceClient: AnyHash });
