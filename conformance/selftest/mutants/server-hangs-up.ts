// Hangs up on a client that does not speak at once.

import type { Socket } from "node:net";
import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S4.2", "S5.2", "N5.1"];

class Faulty extends ReferenceServer {
  override async accepted(p: Socket): Promise<void> {
    const timer = setTimeout(() => p.destroy(), 200);
    p.once("data", () => clearTimeout(timer));
    return super.accepted(p);
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
