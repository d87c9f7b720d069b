// Connects to SERVER_PORT as atoi() reads it.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.2"];

class Faulty extends ReferenceClient {
  override port(name: string, text: string, least: number): number {
    return name === "SERVER_PORT"
      ? Number.parseInt(text, 10) & 0xffff
      : super.port(name, text, least);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
