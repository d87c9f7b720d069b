// Rejects a reply with a field that it does not know.

import { ClientControl, type ReplyLine, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.2"];

const KNOWN = ["bytes", "port", "version", "sha256", "key"];

class Faulty extends ClientControl {
  override async readReply(): Promise<ReplyLine> {
    const reply = await super.readReply();
    const isKnown = Object.keys(reply.fields).every((name) => KNOWN.includes(name));
    return isKnown ? reply : { ...reply, fields: {} };
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
