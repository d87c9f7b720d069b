// Deletes the file that has the name already, and then gives up.

import { existsSync, unlinkSync } from "node:fs";
import { ClientFailure, ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.16"];

class Faulty extends ReferenceClient {
  override checkDuplicate(file: string): void {
    if (!existsSync(file)) return;
    unlinkSync(file);
    throw new ClientFailure(`${file} exists already`, 7);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
