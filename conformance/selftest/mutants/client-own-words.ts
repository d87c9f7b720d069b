// Shows a text of its own instead of the server's.

import { Failure, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.4"];

class Faulty extends ReferenceClient {
  override refused(): never {
    throw new Failure("something went wrong", 6);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
