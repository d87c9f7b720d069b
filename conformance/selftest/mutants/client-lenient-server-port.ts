// Reads SERVER_PORT as atoi() does, and connects to the port that results.

import { ClientArguments, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.2"];

class Faulty extends ClientArguments {
  override parsePort(name: string, text: string, least: number): number {
    return name === "SERVER_PORT"
      ? Number.parseInt(text, 10) & 0xffff
      : super.parsePort(name, text, least);
  }
}

if (import.meta.main) await startClient({ ClientArguments: Faulty });
