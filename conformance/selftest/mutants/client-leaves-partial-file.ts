// Leaves part of a file under its name if the transfer fails.

import { appendFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.18", "N7.16", "N7.27"];

class Faulty extends ClientData {
  override async read(socket: Socket, bytes: number): Promise<Buffer> {
    const { file } = this.p.settings;
    if (file === "") return super.read(socket, bytes);
    socket.on("data", (piece: Buffer) => appendFileSync(file, piece));
    const payload = await super.read(socket, bytes);
    rmSync(file);
    return payload;
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
