// Accepts a line of any length.

import { LineReader } from "../reference/line-reader.ts";
import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.3"];

class Faulty extends ServerControl {
  override readonly lines = new LineReader(this.socket, 1_000_000, 4_000);
}

if (import.meta.main) startServer({ ServerControl: Faulty });
