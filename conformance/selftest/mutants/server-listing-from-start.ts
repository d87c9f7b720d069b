// Lists the directory as it was when the server started.

import { listServedFiles } from "../reference/directory.ts";
import { ReferenceServer, ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.8"];

let listing: Promise<string[]> | undefined;

class Lister extends ReferenceSession {
  override listNames(): Promise<string[]> {
    return listing ?? super.listNames();
  }
}

class Starter extends ReferenceServer {
  override start(args: string[]): void {
    listing = listServedFiles();
    super.start(args);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Lister, ReferenceServer: Starter });
