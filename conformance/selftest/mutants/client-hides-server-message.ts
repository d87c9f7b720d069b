// Shows a message of its own instead of that of the server.

import { ClientControl, type ReplyLine, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.4"];

class Faulty extends ClientControl {
  override async readReply(): Promise<ReplyLine> {
    return { ...(await super.readReply()), text: "something went wrong" };
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
