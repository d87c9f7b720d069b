// Connects to the server a second time, to open Q itself.

import { connect } from "node:net";
import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.23"];

class Faulty extends ClientControl {
  override async open(): Promise<void> {
    await super.open();
    const second = connect(this.settings.port, this.settings.host);
    second.on("error", () => {}).on("connect", () => second.end());
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
