// One client of the honest server, method by method what a faulty one overrides: commands, files, and the end.

import type { FileHandle } from "node:fs/promises";
import { Carrier, LINGER } from "./carrier.ts";
import { names, openFile } from "./folder.ts";
import { Refusal } from "./hearing.ts";

export { Refusal } from "./hearing.ts";

const PIECE = 65_536;

export class ReferenceSession extends Carrier {
  async run(): Promise<void> {
    try {
      await this.request();
    } catch (error) {
      if (error instanceof Refusal) await this.reply(error.message);
    } finally {
      await this.closeQ();
      await this.finish();
    }
  }

  async command(line: string): Promise<void> {
    const list = /^-l(?: (.*))?$/.exec(line);
    const get = /^-g(?: (.*))?$/.exec(line);
    if (list) return this.list(this.port(list[1] ?? ""));
    if (!get) return this.invalid(line);
    const fields = /^(.*) ([^ ]*)$/.exec(get[1] ?? "");
    if (!fields) return this.nameless();
    return this.get(fields[1] ?? "", this.port(fields[2] ?? ""));
  }

  async invalid(_line: string): Promise<void> {
    throw new Refusal("500 commands are -l and -g");
  }

  async nameless(): Promise<void> {
    throw new Refusal("501 -g takes a file name and a data port");
  }

  port(text: string): number {
    const port = /^[1-9]\d{3,4}$/.test(text) ? Number(text) : 0;
    if (port >= 1_024 && port <= 65_535) return port;
    throw new Refusal("501 a data port is a number from 1024 to 65535");
  }

  async list(port: number): Promise<void> {
    this.q = await this.dial(port);
    const body = Buffer.from((await this.names()).map((name) => this.entry(name)).join(""));
    await this.announce(body.length);
    await this.send(body);
    await this.complete(body.length);
  }

  names(): Promise<string[]> {
    return names(this.root);
  }

  entry(name: string): string {
    return `${name}\n`;
  }

  async get(name: string, port: number): Promise<void> {
    this.q = await this.dial(port);
    const file = await this.open(name);
    try {
      await this.contents(file, (await file.stat()).size - this.offset);
    } finally {
      await file.close();
    }
  }

  async open(name: string): Promise<FileHandle> {
    const file = await openFile(this.root, name);
    if (file) return file;
    throw new Refusal("550 no such file");
  }

  async contents(file: FileHandle, size: number): Promise<void> {
    if (size < 0) throw new Refusal("554 the file ends before that offset");
    await this.announce(size, ` version=${await this.version(file)}`);
    const whole = this.hashes ? ` sha256=${await this.hash(file)}` : "";
    await this.stream(file, size);
    await this.complete(size, whole);
  }

  async version(file: FileHandle): Promise<string> {
    const { ino, size, mtimeNs } = await file.stat({ bigint: true });
    return `${ino}-${size}-${mtimeNs.toString(36)}`;
  }

  async hash(file: FileHandle): Promise<string> {
    const hasher = new Bun.CryptoHasher("sha256");
    const piece = Buffer.alloc(PIECE);
    for (let at = 0, got = 1; got > 0; at += got) {
      got = (await file.read(piece, 0, PIECE, at)).bytesRead;
      hasher.update(piece.subarray(0, got));
    }
    return hasher.digest("hex");
  }

  async stream(file: FileHandle, size: number): Promise<void> {
    for (let at = 0; at < size;) {
      const piece = Buffer.alloc(Math.min(PIECE, size - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, this.offset + at);
      if (bytesRead === 0) throw new Refusal("450 the file has changed");
      await this.send(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
  }

  /** Half-closes P, reads on, and waits a bounded time for the client. */
  async finish(): Promise<void> {
    this.lines.stop();
    if (this.p.destroyed) return;
    this.p.end();
    const timer = setTimeout(() => this.p.destroy(), LINGER);
    await new Promise<void>((resolve) => this.p.once("end", resolve).once("close", resolve));
    clearTimeout(timer);
    this.p.destroy();
  }

  abort(): void {
    this.q?.destroy();
    this.p.destroy();
  }
}
