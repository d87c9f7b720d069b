// Checks no password for an unknown name, and so replies faster.

import { UserAccount, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.16"];

class Faulty extends UserAccount {
  override async accepts(user: string, password: string): Promise<boolean> {
    return user === this.user && super.accepts(user, password);
  }
}

if (import.meta.main) startServer({ UserAccount: Faulty });
