// Sends a name without its spaces.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.5"];

class Faulty extends ReferenceClient {
  override request(call: Call): string {
    return super.request({ ...call, file: call.file.replaceAll(" ", "") });
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
