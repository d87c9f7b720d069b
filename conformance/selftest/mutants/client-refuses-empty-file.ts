// Takes an empty file for an error.

import { ClientFailure, ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.16"];

class Faulty extends ReferenceClient {
  override save(file: string, payload: Buffer): void {
    if (payload.length === 0) throw new ClientFailure("the server sent nothing", 8);
    super.save(file, payload);
  }
}

if (import.meta.main) void startClient({ ReferenceClient: Faulty });
