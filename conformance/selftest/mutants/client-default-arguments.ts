// Takes arguments of its own where some are missing.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.1", "S3.4"];

class Faulty extends ReferenceClient {
  override arguments(args: string[]): Call {
    const whole =
      args.length < 4 ? [args[0] ?? "127.0.0.1", args[1] ?? "30021", "-l", "30020"] : args;
    return super.arguments(whole);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
