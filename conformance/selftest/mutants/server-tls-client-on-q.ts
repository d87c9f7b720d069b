// Takes the role of the TLS client on Q, because it opens the connection.

import type { Socket } from "node:net";
import { ServerData, startServer } from "../reference/server.ts";
import { startTlsClient } from "../reference/tls.ts";

export const role = "server";
export const breaks = ["N7.23", "N7.33"];

class Faulty extends ServerData {
  override startTls(socket: Socket): Promise<Socket> {
    return startTlsClient(socket, "");
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
