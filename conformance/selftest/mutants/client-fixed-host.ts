// Connects to 127.0.0.1, whatever SERVER_HOST is.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S4.1"];

class Faulty extends ClientControl {
  override connect(_: string, port: number): Promise<void> {
    return super.connect("127.0.0.1", port);
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
