// Sends the password whatever the server replies to USER.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.12"];

class Faulty extends ClientControl {
  override async sendLogin(user: string, password: string): Promise<void> {
    this.socket.write(`USER ${user}\n`);
    await this.readReply();
    this.socket.write(`PASS ${password}\n`);
    await this.readReply();
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
