// Waits for Q on every address of its host.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const native = false;

class Odd extends ReferenceClient {
  override listen(port: number): Promise<void> {
    return super.listen(port, "0.0.0.0");
  }
}

if (import.meta.main) await new Odd().main(process.argv.slice(2));
