// Uses one code for all errors.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = [
  "N5.5",
  "N5.2",
  "N6.3",
  "N6.7",
  "N6.8",
  "N6.9",
  "N7.7",
  "N7.8",
  "N7.10",
  "N7.13",
  "N6.11",
  "N7.26",
  "N7.30",
];

class Faulty extends ServerControl {
  override reply(text: string): Promise<void> {
    return super.reply(text.replace(/^[45]\d\d/, "551"));
  }
}

if (import.meta.main) startServer({ ServerControl: Faulty });
