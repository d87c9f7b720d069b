// Does not count its arguments: without a port it ends with a stack trace.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.1"];

class Faulty extends ReferenceServer {
  override start(args: string[]): void {
    if (args.length > 0) return super.start(args);
    console.error(new RangeError("Index 0 out of bounds for length 0").stack);
    process.exitCode = 1;
  }
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
