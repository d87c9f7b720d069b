// Closes P on a client without TLS, and does not say why.

import type { Socket } from "node:net";
import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N5.3"];

class Faulty extends ReferenceServer {
  override misunderstood(p: Socket): undefined {
    p.destroy();
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
