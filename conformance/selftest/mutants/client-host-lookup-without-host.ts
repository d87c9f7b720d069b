// Does not count its arguments: if one is missing, it looks up a wrong word as the host, and says that there is no such host.

import {
  ClientArguments,
  ClientFailure,
  type ClientSettings,
  startClient,
} from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.1"];

class Faulty extends ClientArguments {
  override parse(args: string[]): ClientSettings {
    try {
      return super.parse(args);
    } catch (error) {
      if (args.length > 3) throw error;
      throw new ClientFailure(`getaddrinfo ${args[0]}: Name or service not known`, 3);
    }
  }
}

if (import.meta.main) await startClient({ ClientArguments: Faulty });
