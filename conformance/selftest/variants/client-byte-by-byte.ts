// Sends its command one byte at a time.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";

class Odd extends ReferenceClient {
  override async command(call: Call): Promise<void> {
    this.p.setNoDelay(true);
    for (const letter of this.request(call)) {
      this.p.write(letter);
      await Bun.sleep(2);
    }
  }
}

if (import.meta.main) await new Odd().main(process.argv.slice(2));
