// Opens Q always to 127.0.0.1, wherever P comes from.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.6"];

class Faulty extends ServerData {
  override open(port: number): Promise<void> {
    return super.open(port, "127.0.0.1");
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
