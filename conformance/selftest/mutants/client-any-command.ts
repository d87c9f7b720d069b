// Sends whatever command it is given.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.5"];

class Faulty extends ReferenceClient {
  override known(): void {}
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
