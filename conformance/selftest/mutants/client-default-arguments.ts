// Uses arguments of its own if some are missing.

import { ClientArguments, type ClientSettings, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.1", "S3.4"];

class Faulty extends ClientArguments {
  override parse(args: string[]): ClientSettings {
    const [host = "127.0.0.1", port = "30021"] = args;
    return super.parse(args.length < 4 ? [host, port, "-l", "30020"] : args);
  }
}

if (import.meta.main) await startClient({ ClientArguments: Faulty });
