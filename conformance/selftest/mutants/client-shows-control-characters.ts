// Prints control characters of the server to the terminal.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.19"];

class Faulty extends ReferenceClient {
  override sanitize(text: string): string {
    return text;
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
