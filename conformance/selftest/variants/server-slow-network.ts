// Waits before it opens Q and before each reply, as in a slow network.

import { ReferenceSession, ServerControl, startServer } from "../reference/server.ts";

export const role = "server";

const DELAY = 250; // milliseconds, as in the network of a university

class SlowSession extends ReferenceSession {
  override async openData(port: number): Promise<void> {
    await Bun.sleep(DELAY);
    return super.openData(port);
  }
}

class SlowControl extends ServerControl {
  override async reply(text: string): Promise<void> {
    await Bun.sleep(DELAY / 5);
    return super.reply(text);
  }
}

if (import.meta.main) startServer({ ReferenceSession: SlowSession, ServerControl: SlowControl });
