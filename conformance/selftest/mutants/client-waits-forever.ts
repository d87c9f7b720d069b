// Waits without a time limit for a server that neither replies nor opens Q.

import type { Socket } from "node:net";
import {
  ClientControl,
  ClientData,
  ConnectionLost,
  type ReplyLine,
  startClient,
} from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.2"];

class PatientControl extends ClientControl {
  override async readReply(): Promise<ReplyLine> {
    return super.readReply().catch((error: unknown) => {
      if (error instanceof ConnectionLost) throw error;
      return this.readReply();
    });
  }
}

class PatientData extends ClientData {
  override async accept(port: number): Promise<Socket> {
    for (;;) {
      const socket = await super.accept(port).catch(() => undefined);
      if (socket) return socket;
    }
  }
}

if (import.meta.main) await startClient({ ClientControl: PatientControl, ClientData: PatientData });
