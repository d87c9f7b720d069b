// Leaves its end of Q open until 226.

import { HonestClient } from "../honest/client.ts";

export const role = "client";
export const breaks = ["N8.2"];

class Faulty extends HonestClient {
  override closeQ(): void {}
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
