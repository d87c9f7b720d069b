// Accepts every password.

import { UserAccount, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.11"];

class Faulty extends UserAccount {
  override async accepts(): Promise<boolean> {
    return true;
  }
}

if (import.meta.main) startServer({ UserAccount: Faulty });
