// Opens a second connection to the server, beside P, as if Q were its own to open.

import { connect } from "node:net";
import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.23"];

class Faulty extends ReferenceClient {
  override async open(call: Call): Promise<void> {
    await super.open(call);
    const second = connect(call.port, call.host);
    second.on("error", () => {}).on("connect", () => second.end());
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
