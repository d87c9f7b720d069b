// One client of the honest server, method by method what a faulty one overrides.

import type { FileHandle } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import type { Account } from "./account.ts";
import { names, openFile, plainText } from "./folder.ts";
import { type Broken, Lines } from "./line.ts";
import { expectKey, newKey } from "./proof.ts";
import { type Pair, sealAsServer } from "./secure.ts";

const LINE = 4_096; // of PROTOCOL.md
const REQUEST_LIMIT = 5_000; // a person has typed the command before the client connects
const DIAL_LIMIT = 3_000; // the client listens already
const LINGER = 2_000; // a client that has read the last reply closes at once
const PROOF_LIMIT = 3_000; // a handshake on Q and the key, which the client has already
const PIECE = 65_536;
const MOST_TRIES = 3;

const WELCOME: Record<string, string> = { USER: "331 password, please", PASS: "230 welcome" };

/** A reply that ends the session. */
export class Refusal extends Error {}

export class Session {
  offset = 0;
  hashes = false;
  /** A command has come, and is being carried out. */
  busy = false;
  q: Socket | undefined;
  readonly lines: Lines;
  /** Who may log in; anybody may give a command where there is none. */
  account: Account | undefined;
  /** What TLS needs, where it is spoken. */
  pair: Pair | undefined;
  user = "";
  welcome = false;
  tries = 0;

  constructor(
    readonly p: Socket,
    readonly root: string,
  ) {
    p.setNoDelay(true);
    this.lines = new Lines(p, LINE, REQUEST_LIMIT);
  }

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

  async request(): Promise<void> {
    for (;;) {
      const line = await this.lines.next();
      if (typeof line === "string") return this.broken(line);
      const text = this.text(line);
      if (text === undefined)
        throw new Refusal("501 control characters or no UTF-8 in the request");
      if (await this.option(text)) continue;
      if (!this.mayCommand) throw new Refusal("530 USER and PASS come first");
      this.busy = true;
      return this.command(text);
    }
  }

  text(line: Buffer): string | undefined {
    return plainText(line);
  }

  async broken(how: Broken): Promise<void> {
    if (how === "too long") throw new Refusal("500 line too long");
    if (how === "foreign") throw new Refusal("500 this server does not speak TLS");
    if (how === "too late") throw new Refusal("421 no command came in time");
  }

  async option(line: string): Promise<boolean> {
    const [word = "", value = ""] = line.split(/ (.*)/s);
    if (word === "HASH") this.hashes = true;
    else if (word === "REST") this.offset = this.rest(value);
    else if (word === "PASS" && this.account) return this.logIn(this.account, value);
    else if (word === "USER") this.user = value;
    else if (word !== "PASS") return false;
    await this.reply(WELCOME[word] ?? "350 noted");
    return true;
  }

  get mayCommand(): boolean {
    return this.welcome || !this.account;
  }

  /** Each refusal comes later than the one before, and after some there is no more. */
  async logIn(account: Account, password: string): Promise<true> {
    this.welcome = await account.admits(this.user, password);
    if (!this.welcome) await Bun.sleep(this.delay(this.tries++));
    const text = this.welcome ? "230 welcome" : this.wrong();
    if (!this.welcome && this.tries >= MOST_TRIES) throw new Refusal(text);
    await this.reply(text);
    return true;
  }

  wrong(): string {
    return "530 wrong name or password";
  }

  delay(before: number): number {
    return 300 * 2 ** before;
  }

  rest(value: string): number {
    if (/^\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value))) return Number(value);
    throw new Refusal("501 REST takes a number of bytes");
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

  async announce(size: number, more = ""): Promise<void> {
    const key = this.pair ? this.key() : "";
    const proof = this.pair ? ` key=${key}` : "";
    await this.reply(`150 bytes=${size} port=${this.q?.localPort}${more}${proof} here it comes`);
    if (this.pair) await this.prove(this.pair, key);
  }

  key(): string {
    return newKey();
  }

  /** Q over TLS, and the proof that it is the client that is there. */
  async prove(pair: Pair, key: string): Promise<void> {
    const { q } = this;
    if (!q) return;
    const timer = setTimeout(() => this.unproved(q), this.proofLimit);
    try {
      this.q = await sealAsServer(q, pair);
      await this.expect(this.q, key);
    } catch {
      throw new Refusal("425 nobody proved to be the client on the data connection");
    } finally {
      clearTimeout(timer);
    }
  }

  get proofLimit(): number {
    return PROOF_LIMIT;
  }

  unproved(q: Socket): void {
    q.destroy();
  }

  expect(q: Socket, key: string): Promise<void> {
    return expectKey(q, key);
  }

  async complete(size: number, more = ""): Promise<void> {
    await this.closeQ();
    await this.reply(`226 bytes=${size}${more} all sent`);
  }

  /** Where the client has reached the server. */
  get here(): string {
    return (this.p.localAddress ?? "").replace(/^::ffff:/, "");
  }

  /** Q, to where P comes from and from where P came to. */
  dial(port: number, host = this.p.remoteAddress ?? "", from = this.here): Promise<Socket> {
    const options = { host: host.replace(/^::ffff:/, ""), port, localAddress: from };
    return new Promise((resolve, reject) => {
      const q = connect({ ...options, allowHalfOpen: true }, () => resolve(q));
      const failed = (): void => {
        q.destroy();
        reject(new Refusal("425 the data connection cannot be opened"));
      };
      q.once("error", failed);
      q.setTimeout(DIAL_LIMIT, () => q.connecting && failed());
      q.on("error", () => {});
      q.resume();
    });
  }

  /** Waits until the kernel has taken it, so that a slow reader costs no memory. */
  send(piece: Buffer): Promise<void> {
    const { q } = this;
    return new Promise((resolve, reject) => {
      const cut = (): void => reject(new Refusal("426 the data connection was cut"));
      if (!q || q.destroyed) return cut();
      q.once("close", cut);
      q.write(piece, (error) => {
        q.off("close", cut);
        if (error) cut();
        else resolve();
      });
    });
  }

  async closeQ(): Promise<void> {
    const { q } = this;
    if (!q || q.destroyed) return;
    await new Promise<void>((resolve) => {
      q.once("close", resolve);
      q.end(resolve);
    });
    setTimeout(() => q.destroy(), LINGER).unref();
  }

  async reply(text: string): Promise<void> {
    if (this.p.writable) this.p.write(`${text}\n`);
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
