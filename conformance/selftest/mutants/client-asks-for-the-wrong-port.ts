// Names another data port than the one it was given.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S6.1"];

class Faulty extends ReferenceClient {
  override request(call: Call): string {
    return super.request({ ...call, dataport: call.dataport - 1 });
  }

  override listen(port: number): Promise<void> {
    return super.listen(port - 1);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
