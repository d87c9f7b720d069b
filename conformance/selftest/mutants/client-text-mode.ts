// Writes line ends of its own.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.15"];

class Faulty extends ReferenceClient {
  override save(file: string): void {
    this.received = Buffer.from(
      this.received.toString("latin1").replaceAll("\n", "\r\n"),
      "latin1",
    );
    super.save(file);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
