// Tells a client whether the name or the password is wrong.

import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.16"];

class Faulty extends CommandReader {
  override formatLoginError(userName: string): string {
    return userName === this.account?.user ? super.formatLoginError(userName) : "530 no such user";
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
