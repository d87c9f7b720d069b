// Asks whether to replace a file that is there.

import { existsSync, rmSync } from "node:fs";
import { type Call, Failure, ReferenceClient } from "../reference/client.ts";

export const role = "client";

class Odd extends ReferenceClient {
  override precheck(call: Call): void {
    if (call.command !== "-g" || !existsSync(call.file)) return;
    const answer = prompt(`${call.file} exists. Replace it?`);
    if (answer?.toLowerCase().startsWith("y")) return rmSync(call.file);
    throw new Failure("nothing was fetched", 7);
  }
}

if (import.meta.main) await new Odd().main(process.argv.slice(2));
