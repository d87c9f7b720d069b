// Sets SO_REUSEPORT, so that a second copy listens on the same port.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.4"];

class Faulty extends ReferenceServer {
  override listen(port: number, host = "::"): void {
    this.listener.once("error", (error) => this.refusePort(port, error));
    this.listener.listen({ port, host, reusePort: true }, () => this.reportReady(port));
    process.on("SIGINT", () => this.stop());
    process.on("SIGTERM", () => this.stop());
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
