// Colours what it shows, and moves its cursor: those control characters are its own.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";

class Odd extends ReferenceClient {
  override show(listing: Buffer): void {
    const lines = this.sanitize(listing.toString()).split("\n");
    process.stdout.write(`\r\x1b[K${lines.map((line) => `\x1b[32m${line}\x1b[0m`).join("\n")}`);
  }

  override report(error: Error): void {
    super.report(error);
    process.stderr.write("\x1b[31m\x07failed\x1b[0m\n");
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Odd });
