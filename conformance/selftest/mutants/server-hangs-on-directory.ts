// Waits for ever when a client asks for a directory, and serves one client at a time.

import { statSync } from "node:fs";
import { ReferenceServer, ReferenceSession, startServer } from "../reference/server.ts";
import type { Socket } from "node:net";

export const role = "server";
export const breaks = ["S7.21", "S9.2", "S9.4"];

class Faulty extends ReferenceSession {
  override async openFile(name: string): ReturnType<ReferenceSession["openFile"]> {
    if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) await new Promise(() => {});
    return super.openFile(name);
  }
}

let last: Promise<void> = Promise.resolve();

class OneByOne extends ReferenceServer {
  override serve(socket: Socket): Promise<void> {
    return (last = last.then(() => super.serve(socket)));
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty, ReferenceServer: OneByOne });
