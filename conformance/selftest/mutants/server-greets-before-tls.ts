// Sends a greeting without encryption before the TLS handshake.

import type { Socket } from "node:net";
import { ReferenceServer, startServer } from "../reference/server.ts";
import type { CertificateAndKey } from "../reference/tls.ts";

export const role = "server";
export const breaks = ["N4.1", "N5.3"];

class Faulty extends ReferenceServer {
  override startTls(socket: Socket, certificate: CertificateAndKey): Promise<Socket | undefined> {
    socket.write("220 welcome\n");
    return super.startTls(socket, certificate);
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
