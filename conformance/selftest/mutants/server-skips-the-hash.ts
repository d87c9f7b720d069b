// Compares no password where there is no such user, which is faster.

import { Account } from "../reference/account.ts";
import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.16"];

class Hasty extends Account {
  override async admits(user: string, password: string): Promise<boolean> {
    return user === this.user && super.admits(user, password);
  }
}

class Faulty extends ReferenceServer {
  override equip(args: string[]): string[] {
    const [option, user = "", password = ""] = args;
    const rest = super.equip(args);
    if (option === "--login") this.account = new Hasty(user, password);
    return rest;
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
