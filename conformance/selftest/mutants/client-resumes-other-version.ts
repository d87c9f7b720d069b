// Resumes a partial file although the file has changed on the server.

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { ClientControl, ClientData, ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.17", "N7.20"];

const part = `${process.argv.slice(-2)[0]}.part`;

export class ResumingControl extends ClientControl {
  override async requestHash(): Promise<void> {
    if (existsSync(part)) {
      this.socket.write(`REST ${this.computeOffset(readFileSync(part).length)}\n`);
      await this.readReply();
    }
    return super.requestHash();
  }

  computeOffset(length: number): number {
    return length;
  }
}

class ResumingData extends ClientData {
  override read(socket: Socket, bytes: number): Promise<Buffer> {
    socket.on("data", (piece: Buffer) => appendFileSync(part, piece));
    return super.read(socket, bytes);
  }
}

class ResumingClient extends ReferenceClient {
  override verifyHash(): void {}

  override save(file: string): void {
    super.save(file, readFileSync(part));
  }
}

export const parts = {
  ClientControl: ResumingControl,
  ClientData: ResumingData,
  ReferenceClient: ResumingClient,
};

if (import.meta.main) await startClient(parts);
