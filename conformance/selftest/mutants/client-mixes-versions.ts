// Goes on with a part, whatever version it is of.

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.17", "N7.20"];

export class Continuing extends ReferenceClient {
  readonly name = process.argv.slice(-2)[0] ?? "";

  override async options(call: Call): Promise<void> {
    if (existsSync(`${this.name}.part`)) {
      this.p.write(`REST ${this.from(readFileSync(`${this.name}.part`).length)}\n`);
      await this.reply();
    }
    return super.options(call);
  }

  from(length: number): number {
    return length;
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

if (import.meta.main) await new Continuing().main(process.argv.slice(2));
