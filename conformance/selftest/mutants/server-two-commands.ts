// Carries out a second command on the same connection.

import { type ClientRequest, ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.13"];

class Faulty extends ReferenceSession {
  override async execute(request: ClientRequest): Promise<void> {
    await super.execute(request);
    const next = await Promise.race([this.p.lines.next(), Bun.sleep(20)]);
    if (next instanceof Buffer) await super.execute({ ...request, command: next.toString() });
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
