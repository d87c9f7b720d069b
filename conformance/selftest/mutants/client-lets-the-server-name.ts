// Saves under the name that the server gives.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.18"];

class Faulty extends ReferenceClient {
  named = "";

  override key(reply: string, name: string): string | undefined {
    this.named = super.key(reply, "name") ?? this.named;
    return super.key(reply, name);
  }

  override save(file: string): void {
    super.save(this.named || file);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
