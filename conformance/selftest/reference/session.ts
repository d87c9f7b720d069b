// One client of the reference server: a request on P, a listing or a file on Q, and the replies.

import { type Stats, statSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { ClientRequest, CommandReader } from "./command-reader.ts";
import { listServedFiles, openServedFile } from "./directory.ts";
import { Refusal, type ServerControl } from "./server-control.ts";
import type { ServerData } from "./server-data.ts";

const PIECE = 65_536;

export class ReferenceSession {
  /** Whether a command has come and is being carried out. */
  isBusy = false;
  request: ClientRequest = {
    command: "",
    offset: 0,
    wantsHash: false,
    isPassive: false,
    user: "",
  };

  constructor(
    readonly p: ServerControl,
    readonly reader: CommandReader,
    readonly q: ServerData,
  ) {}

  async run(): Promise<void> {
    try {
      const request = await this.reader.read();
      if (request) await this.execute(request);
    } catch (error) {
      if (error instanceof Refusal) await this.p.reply(error.message);
    } finally {
      await this.q.close();
      await this.p.close();
    }
  }

  async execute(request: ClientRequest): Promise<void> {
    this.request = request;
    this.isBusy = true;
    const [, word, rest = ""] = /^(-l|-g)(?: (.*))?$/.exec(request.command) ?? [];
    if (word === undefined) return this.refuseCommand(request.command);
    if (word === "-l") return this.list(this.parsePort(rest));
    const [, name, port = ""] = /^(.*) ([^ ]*)$/.exec(rest) ?? [];
    if (name === undefined) return this.refuseMissingName();
    return this.get(name, this.parsePort(port));
  }

  async refuseCommand(_command: string): Promise<void> {
    throw new Refusal("500 commands are -l and -g");
  }

  async refuseMissingName(): Promise<void> {
    throw new Refusal("501 -g takes a file name and a data port");
  }

  parsePort(text: string): number {
    const port = /^[1-9]\d{3,4}$/.test(text) ? Number(text) : 0;
    if (port >= 1_024 && port <= 65_535) return port;
    throw new Refusal("501 a data port is a number from 1024 to 65535");
  }

  async openData(port: number): Promise<void> {
    if (this.request.isPassive) await this.q.accept((at, key) => this.invite(at, key));
    else await this.q.open(port);
  }

  /** Tells the client where to open Q, and how to prove itself there. */
  async invite(port: number, key: string): Promise<void> {
    await this.p.reply(`229 port=${port} key=${key} come here`);
  }

  async list(port: number): Promise<void> {
    await this.openData(port);
    const listing = Buffer.from((await this.listLines()).join(""));
    await this.announce(listing.length);
    await this.q.send(listing);
    await this.complete(listing.length);
  }

  async listLines(): Promise<string[]> {
    const names = await this.listNames();
    const lines = names.map((name) => this.formatEntry(name));
    if (!this.request.wantsFacts) return lines;
    const all = names.map((name) => statSync(name, { throwIfNoEntry: false }));
    const facts = all.map((stats) => (stats ? this.formatFacts(stats) : "size=0;"));
    return lines.map((line, at) => `${facts[at]} ${line}`);
  }

  formatFacts(stats: Stats): string {
    return `size=${stats.size};modify=${this.formatTime(stats.mtime)};`;
  }

  formatTime(time: Date): string {
    return time.toISOString().replace(/[-:TZ]|\..*/g, "");
  }

  listNames(): Promise<string[]> {
    return listServedFiles();
  }

  formatEntry(name: string): string {
    return `${name}\n`;
  }

  async get(name: string, port: number): Promise<void> {
    await this.openData(port);
    const file = await this.openFile(name);
    try {
      await this.sendFile(file, (await file.stat()).size - this.request.offset);
    } finally {
      await file.close();
    }
  }

  async openFile(name: string): Promise<FileHandle> {
    const file = await openServedFile(name);
    if (file) return file;
    throw new Refusal("550 no such file");
  }

  async sendFile(file: FileHandle, size: number): Promise<void> {
    if (size < 0) throw new Refusal("554 the file ends before that offset");
    const time = this.formatTime((await file.stat()).mtime);
    await this.announce(size, ` version=${await this.readVersion(file)} modify=${time}`);
    const hash = this.request.wantsHash ? ` sha256=${await this.computeHash(file)}` : "";
    await this.sendContent(file, size);
    await this.complete(size, hash);
  }

  async readVersion(file: FileHandle): Promise<string> {
    const { ino, size, mtimeNs } = await file.stat({ bigint: true });
    return `${ino}-${size}-${mtimeNs.toString(36)}`;
  }

  async computeHash(file: FileHandle): Promise<string> {
    return new Bun.CryptoHasher("sha256").update(await file.readFile()).digest("hex");
  }

  async announce(size: number, fields = ""): Promise<void> {
    const key = this.q.certificate && !this.request.isPassive ? this.q.createKey() : undefined;
    const all = key === undefined ? fields : `${fields} key=${key}`;
    await this.p.reply(`150 bytes=${size} port=${this.q.socket?.localPort}${all} here it comes`);
    if (key !== undefined) await this.q.secure(key);
  }

  async sendContent(file: FileHandle, size: number): Promise<void> {
    for (let at = 0; at < size;) {
      const piece = Buffer.alloc(Math.min(PIECE, size - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, this.request.offset + at);
      if (bytesRead === 0) throw new Refusal("450 the file has changed");
      await this.q.send(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
  }

  async complete(size: number, fields = ""): Promise<void> {
    await this.q.close();
    await this.p.reply(`226 bytes=${size}${fields} all sent`);
  }

  abort(): void {
    this.q.socket?.destroy();
    this.p.socket.destroy();
  }
}
