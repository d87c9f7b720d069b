// Gives up at a key that it does not know.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.2"];

class Faulty extends ReferenceClient {
  override key(reply: string, name: string): string | undefined {
    const unknown = reply.replace(/\b(bytes|port|version|sha256|key)=/g, "").includes("=");
    return unknown ? undefined : super.key(reply, name);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
