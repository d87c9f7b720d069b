// Exits with status 0 after an error too.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = [
  "S3.1",
  "S3.2",
  "S3.3",
  "S3.4",
  "S3.5",
  "S3.6",
  "N3.1",
  "S4.3",
  "S8.4",
  "N7.16",
  "N7.17",
  "N7.24",
  "N7.27",
];

class Faulty extends ReferenceClient {
  override async leave(): Promise<void> {
    process.exitCode = 0;
    await super.leave();
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
