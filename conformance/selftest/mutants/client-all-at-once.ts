// Sends its option twice, without waiting for the first reply.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.12"];

class Faulty extends ReferenceClient {
  override async options({ command }: Call): Promise<void> {
    if (command !== "-g") return;
    this.p.write("HASH\nHASH\n");
    await this.reply();
    await this.reply();
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
