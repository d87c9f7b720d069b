// Goes on listening at the port at which a client has opened Q.

import type { Server } from "node:net";
import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.29", "N7.30"];

class Faulty extends ServerData {
  override closePort(listener: Server): void {
    listener.unref();
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
