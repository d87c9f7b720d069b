// Sends its password whatever USER was answered with.

import { Failure, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.12"];

class Faulty extends ReferenceClient {
  override async logIn(user: string): Promise<void> {
    if (!this.mayTell()) throw new Failure("not in the clear", 5);
    this.p.write(`USER ${user}\n`);
    await this.reply();
    this.p.write(`PASS ${this.password}\n`);
    await this.reply();
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
