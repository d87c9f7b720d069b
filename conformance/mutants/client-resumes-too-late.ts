// Goes on with a part a byte behind its end.

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { type Call, HonestClient } from "../honest/client.ts";

export const role = "client";
export const breaks = ["N7.17", "N7.20"];

class Faulty extends HonestClient {
  readonly name = process.argv.slice(-2)[0] ?? "";

  override async options(call: Call): Promise<void> {
    if (existsSync(`${this.name}.part`))
      this.p.write(`REST ${readFileSync(`${this.name}.part`).length + 1}\n`);
    if (existsSync(`${this.name}.part`)) await this.reply();
    return super.options(call);
  }

  override receive(q: Socket, bytes: number): Promise<void> {
    q.on("data", (piece: Buffer) => appendFileSync(`${this.name}.part`, piece));
    return super.receive(q, bytes);
  }

  override verify(): void {}

  override save(file: string): void {
    this.received = readFileSync(`${this.name}.part`);
    super.save(file);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
