// Ends only if SIGINT reaches its child process too, as by Ctrl-C; SIGINT to the server alone does nothing.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.5"];
export const hides = ["S9.7"];

class Faulty extends ReferenceServer {
  override listen(port: number, host?: string): void {
    super.listen(port, host);
    process.removeAllListeners("SIGINT");
    process.on("SIGINT", () => this.isStopping && this.stop());
    void Bun.spawn(["sleep", "600"]).exited.then(() => this.stop());
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
