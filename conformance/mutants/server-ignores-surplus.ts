// Ignores surplus arguments.

import { HonestServer } from "../honest/server.ts";

export const role = "server";
export const breaks = ["S1.6"];

class Faulty extends HonestServer {
  override start(args: string[]): void {
    super.start(args.slice(0, 1));
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
