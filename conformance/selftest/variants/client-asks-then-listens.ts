// Opens its data port only when it has asked.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const leaves = ["S6.2"];

const LATE = 100; // milliseconds

class Odd extends ReferenceClient {
  #late: Promise<void> | undefined;

  override async listen(port: number): Promise<void> {
    this.#late = Bun.sleep(LATE).then(() => super.listen(port));
  }

  override async command(call: Call): Promise<void> {
    await super.command(call);
    await this.#late;
  }
}

if (import.meta.main) await new Odd().main(process.argv.slice(2));
