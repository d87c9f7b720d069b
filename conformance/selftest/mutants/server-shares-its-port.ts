// Takes another port where the one it was given is in use.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S1.4"];

class Faulty extends ReferenceServer {
  override refuse(message: string): void {
    if (message.includes("cannot be listened on")) this.listener.listen(0);
    else super.refuse(message);
  }
}

if (import.meta.main) new Faulty().start(process.argv.slice(2));
