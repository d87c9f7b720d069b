// Creates the file before the server has answered, and leaves it behind after an error message.

import { writeFileSync } from "node:fs";
import { ClientControl, ConnectionLost, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.28"];

class Faulty extends ClientControl {
  override async expectStart(): ReturnType<ClientControl["expectStart"]> {
    try {
      return await super.expectStart();
    } catch (error) {
      const { command, file } = this.settings;
      if (command === "-g" && !(error instanceof ConnectionLost)) writeFileSync(file, "");
      throw error;
    }
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
