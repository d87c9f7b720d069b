// Sends user and pass instead of USER and PASS.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.4"];

class Faulty extends ClientControl {
  override async sendLogin(user: string, password: string): Promise<void> {
    this.socket.write(`user ${user}\n`);
    await this.expectReply("331");
    this.socket.write(`pass ${password}\n`);
    await this.readReply();
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
