// Creates the file before it asks the server, and leaves it behind after an error.

import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.28"];

class Faulty extends ReferenceClient {
  override checkDuplicate(file: string): void {
    super.checkDuplicate(file);
    writeFileSync(file, "");
  }

  override save(file: string, payload: Buffer): void {
    if (existsSync(file) && statSync(file).size === 0) rmSync(file);
    super.save(file, payload);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
