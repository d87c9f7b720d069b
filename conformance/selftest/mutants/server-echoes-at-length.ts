// Repeats the name of a missing file in its reply, however long it is.

import type { FileHandle } from "node:fs/promises";
import { serveWith } from "../reference/server.ts";
import { Refusal, ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.1"];

class Faulty extends ReferenceSession {
  override open(name: string): Promise<FileHandle> {
    return super.open(name).catch(() => {
      throw new Refusal(`550 there is no such file here: ${name}`);
    });
  }
}

if (import.meta.main) serveWith(Faulty);
