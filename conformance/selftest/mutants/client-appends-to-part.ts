// Writes what arrives to the end of a file NAME.part, which a transfer that was cut may have left.

import { appendFileSync, copyFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { ClientData, ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.15"];

const partOf = (): string => `${process.argv.at(-2)}.part`;

class Writer extends ClientData {
  override read(socket: Socket, bytes: number): Promise<Buffer> {
    if (process.argv.includes("-g"))
      socket.on("data", (piece: Buffer) => appendFileSync(partOf(), piece));
    return super.read(socket, bytes);
  }
}

class Saver extends ReferenceClient {
  override save(file: string, payload: Buffer): void {
    appendFileSync(partOf(), "");
    super.save(file, payload);
    copyFileSync(partOf(), file);
    rmSync(partOf());
  }
}

if (import.meta.main) await startClient({ ClientData: Writer, ReferenceClient: Saver });
