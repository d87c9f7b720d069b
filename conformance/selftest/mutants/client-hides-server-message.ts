// Shows a message of its own instead of that of the server.

import { ClientControl, ClientFailure, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.4"];

class Faulty extends ClientControl {
  override createRefusal(): ClientFailure {
    return new ClientFailure("something went wrong", 6);
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
