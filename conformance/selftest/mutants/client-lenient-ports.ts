// Reads a port with parseInt(), and accepts what it returns.

import { ClientArguments, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.2", "S3.3", "S3.6", "N3.1"];

class Faulty extends ClientArguments {
  override parsePort(_name: string, text: string): number {
    return (Number.parseInt(text, 10) || 30_020) & 0xffff;
  }
}

if (import.meta.main) await startClient({ ClientArguments: Faulty });
