// Opens Q to the data port of the previous client before the next one has sent a command.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S5.1"];

let lastPort = 0;

class Faulty extends ReferenceSession {
  override async run(): Promise<void> {
    if (lastPort > 0) await this.q.open(lastPort).catch(() => {});
    this.q.socket?.destroy();
    return super.run();
  }

  override parsePort(text: string): number {
    lastPort = super.parsePort(text);
    return lastPort;
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
