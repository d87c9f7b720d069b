// An honest client, method by method what a faulty one overrides.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { Lines } from "./line.ts";
import { isCalled, notified, pinOf, sealAsClient } from "./secure.ts";

const CONNECT_LIMIT = 3_000; // a host that is there answers at once
const REPLY_LIMIT = 4_000; // a server that lives says something by then
const GOODBYE = 200; // what is written to a socket that works is gone by then
const SESSION_LIMIT = 60_000;
const LINE = 4_096;

/** A sentence for the user; the status tells scripts the same. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

export interface Call {
  host: string;
  port: number;
  command: string;
  file: string;
  dataport: number;
}

export interface Announced {
  bytes: number;
  port: number;
  /** For Q over TLS. */
  key: string;
}

export class HonestClient {
  p!: Socket;
  lines!: Lines;
  /** Connections to the data port, in the order in which they came. */
  readonly candidates: Socket[] = [];
  received: Buffer = Buffer.alloc(0);
  door: Server | undefined;
  /** What is optional: a name to log in with, and over TLS the issuers that are trusted, or the one certificate that is. */
  user: string | undefined;
  ca: string | undefined;
  pin: string | undefined;

  async main(args: string[]): Promise<void> {
    try {
      await this.run(this.arguments(this.equip(args)));
    } catch (error) {
      this.tell(error instanceof Error ? error.message : String(error));
      process.exitCode = error instanceof Failure ? error.status : 1;
    }
    await this.leave();
  }

  async run(call: Call): Promise<void> {
    this.precheck(call);
    await this.open(call);
    await this.listen(call.dataport);
    if (this.user !== undefined) await this.logIn(this.user);
    await this.options(call);
    await this.command(call);
    const announced = await this.announcement();
    const accepted = await this.accept(announced.port);
    const q = this.ca === undefined ? accepted : await this.prove(accepted, announced.key);
    await this.receive(q, announced.bytes);
    await this.confirm(await this.reply(), announced.bytes, call);
    if (call.command === "-l") this.show(this.received);
    else this.save(call.file);
  }

  // Step 3: the arguments.

  /** Takes the optional arguments, and leaves the others. */
  equip(args: string[]): string[] {
    const [option, value = ""] = args.slice(-2);
    if (option === "--login") this.user = value;
    else if (option === "--tls") this.ca = readFileSync(value, "utf8");
    else if (option === "--pin") [this.ca, this.pin] = ["", value];
    else return args;
    return args.slice(0, -2);
  }

  arguments(args: string[]): Call {
    const [host, port = "", command = "", ...rest] = args;
    if (!host || args.length < 4) throw new Failure(`arguments are missing\n${USAGE}`, 2);
    this.known(command);
    const wanted = command === "-g" ? 2 : 1;
    if (rest.length !== wanted) throw new Failure(`${command} takes ${wanted} more\n${USAGE}`, 2);
    const file = command === "-g" ? (rest[0] ?? "") : "";
    const serverPort = this.port("SERVER_PORT", port, 1);
    const dataport = this.port("DATA_PORT", rest.at(-1) ?? "", 1_024);
    return { host, port: serverPort, command, file, dataport };
  }

  known(command: string): void {
    if (command !== "-l" && command !== "-g") throw new Failure(`COMMAND is -l or -g\n${USAGE}`, 2);
  }

  port(name: string, text: string, least: number): number {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port >= least && port <= 65_535) return port;
    throw new Failure(`${name} is a number from ${least} to 65535, not ${text}\n${USAGE}`, 2);
  }

  precheck({ command, file }: Call): void {
    if (command === "-g" && existsSync(file)) throw new Failure(`${file} exists already`, 7);
  }

  // Steps 4 to 6: the two connections and the command.

  async open(call: Call): Promise<void> {
    await this.connect(call);
    if (this.ca !== undefined) await this.seal(call.host, this.ca);
    this.lines = new Lines(this.p, LINE, SESSION_LIMIT);
  }

  connect({ host, port }: Call): Promise<void> {
    return new Promise((resolve, reject) => {
      this.p = connect({ host, port, allowHalfOpen: true }, resolve);
      const failed = (): void => reject(new Failure(`cannot connect to ${host}:${port}`, 3));
      this.p.once("error", failed);
      setTimeout(failed, CONNECT_LIMIT).unref();
    });
  }

  /** P over TLS, once it is known who is there. */
  async seal(host: string, ca: string): Promise<void> {
    const tls = await this.bounded(sealAsClient(this.p, ca), "no TLS with the server");
    this.p = tls;
    const known = this.pin === undefined ? this.believes(tls, host) : this.isPinned(tls, this.pin);
    if (!known) throw new Failure("the server is not who it says it is", 3);
  }

  isPinned(tls: TLSSocket, pin: string): boolean {
    return pinOf(tls) === pin;
  }

  believes(tls: TLSSocket, host: string): boolean {
    return tls.authorized && isCalled(tls, host);
  }

  async bounded<T>(work: Promise<T>, otherwise: string): Promise<T> {
    const done = await Promise.race([work.catch(() => undefined), Bun.sleep(this.patience)]);
    if (done === undefined) throw new Failure(otherwise, 3);
    return done as T;
  }

  get patience(): number {
    return REPLY_LIMIT;
  }

  listen(port: number, host = this.p.localAddress): Promise<void> {
    this.door = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (q) => this.came(q));
    return new Promise((resolve, reject) => {
      this.door?.once("error", () => reject(new Failure(`DATA_PORT ${port} is in use`, 3)));
      this.door?.listen({ port, host }, resolve);
    });
  }

  came(q: Socket): void {
    q.on("error", () => {});
    this.candidates.push(q);
  }

  /** The password follows only after 331, and in the clear only to this host itself. */
  async logIn(user: string): Promise<void> {
    if (!this.mayTell()) throw new Failure("the password would travel in the clear", 5);
    this.p.write(`USER ${user}\n`);
    const reply = await this.reply();
    if (!reply.startsWith("331 ")) this.refused(reply);
    this.p.write(`PASS ${this.password}\n`);
    const welcome = await this.reply();
    if (!welcome.startsWith("230 ")) this.refused(welcome);
  }

  mayTell(): boolean {
    return this.ca !== undefined || /^(127\.|::1$)/.test(this.p.remoteAddress ?? "");
  }

  get password(): string {
    return Bun.env["FTCLIENT_PASSWORD"] ?? "";
  }

  async options({ command }: Call): Promise<void> {
    if (command !== "-g") return;
    this.p.write("HASH\n");
    const reply = await this.reply();
    if (!reply.startsWith("350 ")) this.refused(reply);
  }

  async command(call: Call): Promise<void> {
    this.p.write(this.request(call));
  }

  request({ command, file, dataport }: Call): string {
    return command === "-g" ? `-g ${file} ${dataport}\n` : `${command} ${dataport}\n`;
  }

  // Step 7: replies, the payload, and what becomes of it.

  async reply(): Promise<string> {
    const line = await Promise.race([this.lines.next(), Bun.sleep(REPLY_LIMIT)]);
    if (line === undefined) throw new Failure("the server does not answer", 4);
    if (typeof line === "string") throw new Failure("the server has gone", 8);
    return line.toString();
  }

  refused(reply: string): never {
    throw new Failure(`the server says: ${reply.replace(/^\d{3} (\w+=\S+ )*/, "")}`, 6);
  }

  key(reply: string, name: string): string | undefined {
    const keys = /^\d{3} ((?:[\w-]+=\S* )*)/.exec(reply)?.[1] ?? "";
    return keys
      .split(" ")
      .find((pair) => pair.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  }

  async announcement(): Promise<Announced> {
    const reply = await this.reply();
    if (!reply.startsWith("150 ")) this.refused(reply);
    const bytes = Number(this.key(reply, "bytes") ?? NaN);
    const port = Number(this.key(reply, "port") ?? NaN);
    const key = this.key(reply, "key") ?? "";
    if (Number.isSafeInteger(bytes) && port > 0) return { bytes, port, key };
    throw new Failure("the server's 150 makes no sense", 9);
  }

  /** Only P's peer, from the port that it named, is Q. */
  async accept(port: number): Promise<Socket> {
    const end = performance.now() + REPLY_LIMIT;
    while (performance.now() < end) {
      for (const q of this.candidates.splice(0)) {
        if (this.trusts(q, port)) return q;
        q.destroy();
      }
      await Bun.sleep(5);
    }
    throw new Failure("the server opened no data connection", 4);
  }

  trusts(q: Socket, port: number): boolean {
    return q.remoteAddress === this.p.remoteAddress && q.remotePort === port;
  }

  /** Q over TLS: the certificate is the very one of P, and the key proves who is here. */
  async prove(accepted: Socket, key: string): Promise<Socket> {
    if (this.early(accepted)) throw new Failure("something came on Q before the handshake", 9);
    const sealing = sealAsClient(accepted, this.ca ?? "");
    const q = await this.bounded(sealing, "no TLS on the data connection");
    if (!this.isSame(q)) throw new Failure("another server is at the data connection", 9);
    q.write(this.proof(key));
    return q;
  }

  early(q: Socket): boolean {
    return q.readableLength > 0;
  }

  isSame(q: TLSSocket): boolean {
    const [mine, theirs] = [this.p, q].map((socket) =>
      socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined,
    );
    return mine !== undefined && mine === theirs;
  }

  proof(key: string): string {
    return key;
  }

  receive(q: Socket, bytes: number): Promise<void> {
    const pieces: Buffer[] = [];
    return new Promise((resolve, reject) => {
      const broken = (): void => reject(new Failure("the transfer was cut short", 8));
      q.setTimeout(REPLY_LIMIT, () => q.destroy());
      q.on("data", (piece: Buffer) => pieces.push(piece));
      q.once("end", () => {
        this.received = Buffer.concat(pieces);
        this.closeQ(q);
        if (this.received.length === bytes && this.isEnd(q)) resolve();
        else broken();
      });
      q.once("close", broken);
      q.resume();
    });
  }

  /** Over TLS a FIN alone is no end: anybody on the way can send one. */
  isEnd(q: Socket): boolean {
    return this.ca === undefined || notified(q);
  }

  closeQ(q: Socket): void {
    q.end();
  }

  async confirm(reply: string, bytes: number, call: Call): Promise<void> {
    if (!reply.startsWith("226 ")) this.refused(reply);
    if (Number(this.key(reply, "bytes") ?? bytes) !== bytes) throw new Failure("226 disagrees", 8);
    if (call.command === "-g") this.verify(this.key(reply, "sha256"));
  }

  verify(hash: string | undefined): void {
    const own = new Bun.CryptoHasher("sha256").update(this.received).digest("hex");
    if (hash !== own) throw new Failure("the file arrived damaged", 8);
  }

  show(listing: Buffer): void {
    process.stdout.write(this.clean(listing.toString()));
  }

  save(file: string): void {
    writeFileSync(file, this.received, { flag: "wx" });
    console.log(`${file}: transfer complete`);
  }

  tell(message: string): void {
    console.error(`ftclient: ${this.clean(message)}`);
  }

  clean(text: string): string {
    return text.replace(/[^\P{Cc}\n]/gu, "?");
  }

  // Step 8: nothing stays open.

  async leave(): Promise<void> {
    for (const q of this.candidates) q.destroy();
    this.door?.close();
    if (this.ca !== undefined) await this.endTls();
    this.p?.end();
    this.p?.destroySoon();
    process.exit();
  }

  /** close_notify is written by the runtime, and not by the kernel, which would do it after our end. */
  async endTls(): Promise<void> {
    this.p?.end();
    await Promise.race([new Promise((done) => this.p?.once("finish", done)), Bun.sleep(GOODBYE)]);
  }
}

const USAGE = "usage: ftclient <SERVER_HOST> <SERVER_PORT> -l|-g [FILENAME] <DATA_PORT>";
