// Does not close its end of Q before the reply 226.

import type { Socket } from "node:net";
import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N8.2"];

class Faulty extends ClientData {
  override closeSocket(socket: Socket): void {
    socket.setTimeout(0); // the timeout would close it
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
