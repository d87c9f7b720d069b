// Says what is missing within a stack trace, as an exception with the usage does.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;
export const leaves = ["S1.5"];

class Odd extends ReferenceServer {
  override refuse(message: string): void {
    console.error(new Error(`${message}; usage: ftserver <SERVER_PORT>`).stack);
    process.exitCode = 2;
  }
}

if (import.meta.main) startServer({ ReferenceServer: Odd });
