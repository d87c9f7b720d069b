// An honest server, from its arguments to its end: what faulty ones are built on.

import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { Account } from "./account.ts";
import { HANDSHAKE, type Pair, sealAsServer } from "./secure.ts";
import { ReferenceSession } from "./session.ts";

const HANDSHAKE_LIMIT = 3_000; // some round trips, and no thought of a person
const LINGER = 2_000; // who has read that it must speak TLS leaves at once

export class ReferenceServer {
  readonly sessions = new Set<ReferenceSession>();
  readonly listener: Server;
  stopping = false;
  /** After SIGINT: a reader that has stopped must not keep the server. */
  readonly grace: number = 5_000;
  /** What is optional: who may log in, and what TLS needs. */
  account: Account | undefined;
  pair: Pair | undefined;

  constructor() {
    this.listener = createServer({ allowHalfOpen: true }, (p) => void this.accepted(p));
  }

  /** Step 1: one argument, a port, and what is optional. */
  start(args: string[]): void {
    const [text, ...rest] = args;
    const surplus = this.equip(rest);
    if (text === undefined) return this.refuse("SERVER_PORT is missing");
    if (surplus.length > 0)
      return this.refuse(`SERVER_PORT is all it takes, not ${surplus.join(" ")}`);
    const port = this.port(text);
    if (port === undefined)
      return this.refuse(`SERVER_PORT is a number from 1 to 65535, not ${text}`);
    if (this.account) void this.account.ready.then(() => this.listen(port));
    else this.listen(port);
  }

  /** Takes the optional arguments, and leaves the others. */
  equip(args: string[]): string[] {
    const [option, first = "", second = "", ...more] = args;
    if (option === "--login") this.account = new Account(first, second);
    else if (option === "--tls") this.pair = { cert: text(first), key: text(second) };
    else return args;
    return more;
  }

  port(text: string): number | undefined {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    return port >= 1 && port <= 65_535 ? port : undefined;
  }

  refuse(message: string): void {
    console.error(`ftserver: ${message}\nusage: ftserver <SERVER_PORT>`);
    process.exitCode = 2;
  }

  /** Step 2: both families, or IPv4 alone where there is no IPv6. */
  listen(port: number, host = "::"): void {
    this.listener.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EAFNOSUPPORT" && host === "::") return this.listen(port, "0.0.0.0");
      this.refuse(`SERVER_PORT ${port} cannot be listened on: ${error.message}`);
    });
    this.listener.listen({ port, host }, () => this.ready(port));
    process.on("SIGINT", () => this.interrupted());
    process.on("SIGTERM", () => this.interrupted());
  }

  ready(port: number): void {
    console.log(`ftserver: ready on port ${port}`);
  }

  session(p: Socket): ReferenceSession {
    return new ReferenceSession(p, process.cwd());
  }

  async accepted(p: Socket): Promise<void> {
    p.on("error", () => {});
    if (!this.pair) return this.serve(p);
    const timer = setTimeout(() => p.destroy(), this.handshakeLimit);
    const sealed = await this.seal(p, this.pair).catch(() => undefined);
    clearTimeout(timer);
    if (sealed) await this.serve(sealed);
    else setTimeout(() => p.destroy(), LINGER);
  }

  get handshakeLimit(): number {
    return HANDSHAKE_LIMIT;
  }

  /** P over TLS; a client that does not speak it is told so. */
  async seal(p: Socket, pair: Pair): Promise<Socket | undefined> {
    const hello = await new Promise<Buffer>((resolve) => p.once("data", resolve));
    if (hello[0] === HANDSHAKE) return sealAsServer(p, pair, { hello });
    return this.misunderstood(p);
  }

  misunderstood(p: Socket): undefined {
    p.resume();
    p.end("421 this server speaks TLS\n");
  }

  async serve(p: Socket): Promise<void> {
    const session = this.session(p);
    session.account = this.account;
    session.pair = this.pair;
    this.sessions.add(session);
    await session.run();
    this.sessions.delete(session);
    if (this.stopping && this.sessions.size === 0) this.end();
  }

  /** Step 9: SIGINT ends it, once what is running has ended. */
  interrupted(): void {
    const again = this.stopping;
    this.stopping = true;
    this.listener.close();
    for (const session of this.sessions) if (again || !session.busy) session.abort();
    if (again || this.sessions.size === 0) this.end();
    else setTimeout(() => this.end(), this.grace);
  }

  end(): void {
    process.exit(0);
  }
}

const text = (path: string): string => readFileSync(path, "utf8");

/** Runs the honest server with another kind of session: what most faulty ones need. */
export function serveWith(Kind: typeof ReferenceSession): void {
  class Server extends ReferenceServer {
    override session(p: Socket): ReferenceSession {
      return new Kind(p, process.cwd());
    }
  }
  new Server().start(process.argv.slice(2));
}
