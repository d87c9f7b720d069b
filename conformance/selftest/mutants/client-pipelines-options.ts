// Sends its option twice and does not wait for the first reply.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.12"];

class Faulty extends ClientControl {
  override async requestHash(): Promise<void> {
    this.socket.write("HASH\nHASH\n");
    await this.readReply();
    await this.readReply();
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
