// Encrypts P, and leaves Q in the clear.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.23", "N7.26"];

class Faulty extends ReferenceSession {
  override async prove(): Promise<void> {}
}

if (import.meta.main) serveWith(Faulty);
