// Sends the command first, and opens the data port a little later.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S6.2"];

class Faulty extends ReferenceClient {
  override async listen(port: number): Promise<void> {
    setTimeout(() => void super.listen(port), 600);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
