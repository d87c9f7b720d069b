// Opens its data port shortly after it has sent the command.

import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const leaves = ["S6.2"];

const DELAY = 100; // milliseconds

class Odd extends ClientData {
  override async listen(port: number): Promise<void> {
    setTimeout(() => void super.listen(port).catch(() => {}), DELAY);
  }
}

if (import.meta.main) await startClient({ ClientData: Odd });
