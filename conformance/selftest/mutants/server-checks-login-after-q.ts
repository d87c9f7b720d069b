// Opens Q before it checks whether the client has logged in.

import { CommandReader, ReferenceSession, Refusal, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.11"];

class CarelessReader extends CommandReader {
  override isAllowed(): boolean {
    return true;
  }
}

class LateCheck extends ReferenceSession {
  override async openData(port: number): Promise<void> {
    await super.openData(port);
    if (this.reader.account && this.request.user === "")
      throw new Refusal("530 USER and PASS come first");
  }
}

if (import.meta.main) startServer({ CommandReader: CarelessReader, ReferenceSession: LateCheck });
