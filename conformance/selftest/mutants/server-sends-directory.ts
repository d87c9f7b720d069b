// Reads a directory as if it were a file, so that a client gets what the read leaves in memory, and no error.

import type { FileHandle } from "node:fs/promises";
import { statSync } from "node:fs";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;
export const breaks = ["S7.21"];
const BLOCK = 4_096;

class Faulty extends ReferenceSession {
  override async openFile(name: string): Promise<FileHandle> {
    const isDirectory = statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
    if (!isDirectory) return super.openFile(name);
    await this.q.send(Buffer.alloc(BLOCK, 0xff));
    return super.openFile("hello.txt");
  }

  override async sendFile(file: FileHandle, size: number): Promise<void> {
    const isDirectory = /^-g folder /.test(this.request.command);
    if (!isDirectory) return super.sendFile(file, size);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
