// Goes on with a part a byte behind its end.

import { Continuing } from "./client-mixes-versions.ts";

export const role = "client";
export const breaks = ["N7.17", "N7.20"];

class Faulty extends Continuing {
  override from(length: number): number {
    return length + 1;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
