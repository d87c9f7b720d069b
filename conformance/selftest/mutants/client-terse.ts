// Refuses without saying what.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.6"];

class Faulty extends ReferenceClient {
  override tell(message: string): void {
    super.tell(message.includes("usage") ? "no" : message);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
