// Ignores arguments after the port.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.6"];

class Faulty extends ReferenceServer {
  override start(args: string[]): void {
    // The options for a login and for TLS are not extra.
    const option = args.findIndex((word) => word.startsWith("--"));
    super.start([...args.slice(0, 1), ...(option < 0 ? [] : args.slice(option))]);
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
