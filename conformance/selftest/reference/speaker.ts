// The honest client on P: steps 4 to 6, and the replies.

import { connect, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { type Call, Caller, Failure } from "./caller.ts";
import { Lines } from "./line.ts";
import { isCalled, pinOf, sealAsClient } from "./secure.ts";

const CONNECT_LIMIT = 3_000; // a host that is there answers at once
export const REPLY_LIMIT = 4_000; // a server that lives says something by then
const SESSION_LIMIT = 60_000;
const LINE = 4_096;

export interface Announced {
  bytes: number;
  port: number;
  /** For Q over TLS. */
  key: string;
}

export class Speaker extends Caller {
  p!: Socket;
  lines!: Lines;

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
}
