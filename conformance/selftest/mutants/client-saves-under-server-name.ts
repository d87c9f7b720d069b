// Saves the file under the name in a reply of the server.

import {
  ClientControl,
  ReferenceClient,
  type ReplyLine,
  startClient,
} from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.18"];

let name: string | undefined;

class NameReader extends ClientControl {
  override async readReply(): Promise<ReplyLine> {
    const reply = await super.readReply();
    name = reply.fields["name"] ?? name;
    return reply;
  }
}

class NameUser extends ReferenceClient {
  override save(file: string, payload: Buffer): void {
    super.save(name ?? file, payload);
  }
}

if (import.meta.main) await startClient({ ClientControl: NameReader, ReferenceClient: NameUser });
