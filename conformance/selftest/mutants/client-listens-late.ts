// Opens its data port only after it has sent the command.

import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S6.2"];

class Faulty extends ClientData {
  override async listen(port: number): Promise<void> {
    setTimeout(() => void super.listen(port), 600);
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
