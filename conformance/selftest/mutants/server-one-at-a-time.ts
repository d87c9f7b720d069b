// Serves one client at a time, and waits for a silent one.

import type { Socket } from "node:net";
import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.4"];

class Faulty extends ReferenceServer {
  turn: Promise<void> = Promise.resolve();

  override accepted(p: Socket): Promise<void> {
    p.pause();
    this.turn = this.turn.then(() => {
      p.resume();
      return super.accepted(p);
    });
    return this.turn;
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
