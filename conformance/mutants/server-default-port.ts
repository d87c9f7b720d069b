// Takes a port of its own where none is given.

import { HonestServer } from "../honest/server.ts";

export const role = "server";
export const breaks = ["S1.1"];

class Faulty extends HonestServer {
  override start(args: string[]): void {
    super.start(args.length === 0 ? ["30021"] : args);
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
