// Says user and pass where the words are USER and PASS.

import { Failure, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.4"];

class Faulty extends ReferenceClient {
  override async logIn(user: string): Promise<void> {
    if (!this.mayTell()) throw new Failure("not in the clear", 5);
    this.p.write(`user ${user}\n`);
    const reply = await this.reply();
    if (!reply.startsWith("331 ")) this.refused(reply);
    this.p.write(`pass ${this.password}\n`);
    await this.reply();
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
