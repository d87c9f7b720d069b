// Ignores surplus arguments.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.6"];

class Faulty extends ReferenceServer {
  override start(args: string[]): void {
    // What makes it want a login, or speak TLS, is none.
    const own = args.findIndex((word) => word.startsWith("--"));
    super.start([...args.slice(0, 1), ...(own < 0 ? [] : args.slice(own))]);
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
