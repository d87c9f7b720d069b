// Asks whether to replace a file that exists.

import { existsSync, rmSync } from "node:fs";
import { ClientFailure, ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";

class Odd extends ReferenceClient {
  override checkDuplicate(file: string): void {
    if (!existsSync(file)) return;
    const answer = prompt(`${file} exists. Replace it?`);
    if (answer?.toLowerCase().startsWith("y")) return rmSync(file);
    throw new ClientFailure("nothing was fetched", 7);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Odd });
