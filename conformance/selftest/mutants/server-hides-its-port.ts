// Takes port 0 as any free port, but prints the 0 and not the port that it got.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.3"];

class Faulty extends ReferenceServer {
  override parsePort(text: string): number | undefined {
    return text === "0" ? 0 : super.parsePort(text);
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
