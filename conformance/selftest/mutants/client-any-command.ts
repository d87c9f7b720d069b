// Sends whatever command it is given.

import { HonestClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.5"];

class Faulty extends HonestClient {
  override known(): void {}
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
