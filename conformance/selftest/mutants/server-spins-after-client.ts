// Asks a client that has left for more, again and again, without a wait.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.11"];

class Faulty extends ReferenceSession {
  override async run(): Promise<void> {
    await super.run();
    if (this.request.command === "") this.spin();
  }

  spin(): void {
    // It left without a command.
    const end = performance.now() + SHARE;
    while (performance.now() < end);
    setTimeout(() => this.spin());
  }
}

/** Milliseconds: others are served as well. */
const SHARE = 5;

if (import.meta.main) startServer({ ReferenceSession: Faulty });
