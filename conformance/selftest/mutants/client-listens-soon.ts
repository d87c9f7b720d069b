// Opens its data port a moment after it has sent a command.

import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S6.2"];
const PAUSE = 120; // milliseconds

class Faulty extends ClientData {
  override async listen(port: number): Promise<void> {
    setTimeout(() => void super.listen(port), PAUSE);
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
