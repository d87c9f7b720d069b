// Lists the directory as it was at the start.

import type { Socket } from "node:net";
import { names } from "../reference/folder.ts";
import type { ReferenceSession } from "../reference/session.ts";
import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.8"];

class Faulty extends ReferenceServer {
  readonly before = names(process.cwd());

  override session(p: Socket): ReferenceSession {
    const session = super.session(p);
    session.names = () => this.before;
    return session;
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
