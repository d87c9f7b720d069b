// Never opens Q, and waits to be dialled instead.

import type { Socket } from "node:net";
import { serveWith } from "../honest/server.ts";
import { Session } from "../honest/session.ts";

export const role = "server";
export const breaks = ["S7.5"];

class Faulty extends Session {
  override dial(): Promise<Socket> {
    return new Promise(() => {});
  }
}

if (import.meta.main) serveWith(Faulty);
