// Closes P if the client does not speak TLS, and sends no reply.

import type { Socket } from "node:net";
import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N5.3"];

class Faulty extends ReferenceServer {
  override refusePlainClient(socket: Socket): undefined {
    socket.destroy();
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
