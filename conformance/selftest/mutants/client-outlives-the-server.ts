// Does not notice that the server has gone.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.3"];

class Faulty extends ReferenceClient {
  override async main(args: string[]): Promise<void> {
    await super.main(args);
  }

  override tell(message: string): void {
    super.tell(message);
    if (/gone|cut short/.test(message)) Bun.sleepSync(120_000);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
