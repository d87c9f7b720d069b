// Sends the name and the password at once, and does not wait for the reply 331.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.12"];

class Faulty extends ClientControl {
  override async sendLogin(user: string, password: string): Promise<void> {
    this.socket.write(`USER ${user}\nPASS ${password}\n`);
    await this.readReply();
    await this.readReply();
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
