// Has one version for all states of a file.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.3"];

class Faulty extends ReferenceSession {
  override async version(): Promise<string> {
    return "v1";
  }
}

if (import.meta.main) serveWith(Faulty);
