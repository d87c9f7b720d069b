// Carries out what follows the first command as well.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.13"];

class Faulty extends ReferenceSession {
  override async command(line: string): Promise<void> {
    await super.command(line);
    const next = await Promise.race([this.lines.next(), Bun.sleep(20)]);
    if (next instanceof Buffer) await super.command(next.toString());
  }
}

if (import.meta.main) serveWith(Faulty);
