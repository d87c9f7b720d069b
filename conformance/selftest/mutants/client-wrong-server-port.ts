// Connects to another port than the one in its arguments, and then waits.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S4.1"];

class Faulty extends ClientControl {
  override async open(): Promise<void> {
    await this.connect(this.settings.host, 9).catch(() => {});
    await Bun.sleep(60_000);
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
