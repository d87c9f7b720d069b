// Replaces a file that exists already, without a question.

import { writeFileSync } from "node:fs";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.16"];

class Faulty extends ReferenceClient {
  override precheck(): void {}

  override save(file: string): void {
    writeFileSync(file, this.received);
    console.log(`${file}: transfer complete`);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
