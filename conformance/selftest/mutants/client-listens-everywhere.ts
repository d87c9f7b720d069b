// Listens for Q on every address of its machine.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.14"];

class Faulty extends ReferenceClient {
  override listen(port: number): Promise<void> {
    return super.listen(port, "0.0.0.0");
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
