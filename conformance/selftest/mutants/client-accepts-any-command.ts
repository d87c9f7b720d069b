// Sends a command to the server even if it is not -l or -g.

import { ClientArguments, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.5"];

class Faulty extends ClientArguments {
  override checkCommand(): void {}
}

if (import.meta.main) await startClient({ ClientArguments: Faulty });
