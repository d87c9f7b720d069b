// Never exits, and prints only at its exit, as a C program does that writes to a pipe.

import { writeSync } from "node:fs";
import { type ClientSettings, ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.1"];

const output: string[] = [];

class Faulty extends ReferenceClient {
  override async run(settings: ClientSettings): Promise<void> {
    await super.run(settings);
    await Bun.sleep(60_000);
  }
}

if (import.meta.main) {
  console.log = console.error = (text: string) => void output.push(text);
  process.on("exit", () => writeSync(1, output.join("\n")));
  await startClient({ ReferenceClient: Faulty });
}
