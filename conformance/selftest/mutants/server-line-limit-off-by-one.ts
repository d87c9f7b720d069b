// Counts the longest line without its end, and so accepts a line that is one byte too long.

import type { Socket } from "node:net";
import { LineReader } from "../reference/line-reader.ts";
import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.3"];
const LIMIT = 4_097; // bytes with the end of the line
const REQUEST_LIMIT = 5_000; // milliseconds

class Faulty extends ServerControl {
  override readonly lines: LineReader;
  constructor(socket: Socket) {
    super(socket);
    this.lines = new LineReader(socket, LIMIT, REQUEST_LIMIT);
  }
}

if (import.meta.main) startServer({ ServerControl: Faulty });
