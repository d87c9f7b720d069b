// Makes its listing for the first client, and gives it to all others.

import type { Socket } from "node:net";
import { names } from "../reference/folder.ts";
import type { ReferenceSession } from "../reference/session.ts";
import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.8"];

class Faulty extends ReferenceServer {
  made: Promise<string[]> | undefined;

  override session(p: Socket): ReferenceSession {
    const session = super.session(p);
    session.names = () => (this.made ??= names(process.cwd()));
    return session;
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
