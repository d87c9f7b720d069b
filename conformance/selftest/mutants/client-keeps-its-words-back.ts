// Stays when it is done, and shows what it has to say only at its end, as C does into a pipe.

import { writeSync } from "node:fs";
import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.1"];

const kept: string[] = [];

class Faulty extends ReferenceClient {
  override async run(call: Call): Promise<void> {
    await super.run(call);
    await Bun.sleep(60_000);
  }
}

if (import.meta.main) {
  console.log = console.error = (text: string) => void kept.push(text);
  process.on("exit", () => writeSync(1, kept.join("\n")));
  await new Faulty().main(process.argv.slice(2));
}
