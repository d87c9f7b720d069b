// Leaves half a file under its name.

import { appendFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.18", "N7.16"];

class Faulty extends ReferenceClient {
  override async receive(q: Socket, bytes: number): Promise<void> {
    const [name = ""] = process.argv.slice(-2);
    q.on("data", (piece: Buffer) => appendFileSync(name, piece));
    await super.receive(q, bytes);
    rmSync(name);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
