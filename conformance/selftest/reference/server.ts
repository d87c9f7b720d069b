// The reference server, from its arguments to its end: a mutant replaces one of its parts.

import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { CommandReader } from "./command-reader.ts";
import { ServerControl } from "./server-control.ts";
import { ServerData } from "./server-data.ts";
import { ReferenceSession } from "./session.ts";
import {
  type CertificateAndKey,
  startTlsServer,
  TLS_HANDSHAKE,
  type TlsServerOptions,
} from "./tls.ts";
import { UserAccount } from "./user-account.ts";

const CLOSE_LIMIT = 2_000; // a client leaves as soon as it reads that it must speak TLS

export { CommandReader, ReferenceSession, ServerControl, ServerData, UserAccount };
export { type ClientRequest } from "./command-reader.ts";
export { Refusal } from "./server-control.ts";

export class ReferenceServer {
  readonly sessions = new Set<ReferenceSession>();
  readonly listener: Server;
  isStopping = false;
  /** After SIGINT, a client that stops reading must not keep the server running. */
  readonly grace: number = 5_000;
  /** A TLS handshake is a few round trips. */
  readonly handshakeLimit: number = 3_000;
  readonly tlsOptions: TlsServerOptions = {};
  account: UserAccount | undefined;
  certificate: CertificateAndKey | undefined;

  constructor(readonly parts: ServerParts) {
    this.listener = createServer({ allowHalfOpen: true }, (socket) => void this.accept(socket));
  }

  /** Step 1: the port is the only argument, apart from the options. */
  start([text, ...rest]: string[]): void {
    const surplus = this.takeOption(rest);
    if (text === undefined) return this.refuse("SERVER_PORT is missing");
    if (surplus.length > 0) return this.refuse(`too many arguments: ${surplus.join(" ")}`);
    const port = this.parsePort(text);
    if (port === undefined)
      return this.refuse(`SERVER_PORT is a number from 1 to 65535, not ${text}`);
    if (this.account) void this.account.waitUntilReady().then(() => this.listen(port));
    else this.listen(port);
  }

  /** Returns the arguments that are not part of an option. */
  takeOption(args: string[]): string[] {
    const [option, first = "", second = "", ...rest] = args;
    if (option === "--login") this.account = new this.parts.UserAccount(first, second);
    else if (option === "--tls")
      this.certificate = { cert: readFileSync(first, "utf8"), key: readFileSync(second, "utf8") };
    else return args;
    return rest;
  }

  parsePort(text: string): number | undefined {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    return port >= 1 && port <= 65_535 ? port : undefined;
  }

  refuse(message: string): void {
    console.error(`ftserver: ${message}\nusage: ftserver <SERVER_PORT>`);
    process.exitCode = 2;
  }

  /** Step 2: IPv6 and IPv4, or IPv4 alone if there is no IPv6. */
  listen(port: number, host = "::"): void {
    this.listener.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EAFNOSUPPORT" && host === "::") this.listen(port, "0.0.0.0");
      else this.refusePort(port, error);
    });
    this.listener.listen({ port, host }, () => this.reportReady(port));
    process.on("SIGINT", () => this.stop());
    process.on("SIGTERM", () => this.stop());
  }

  refusePort(port: number, error: Error): void {
    this.refuse(`cannot listen on SERVER_PORT ${port}: ${error.message}`);
  }

  reportReady(port: number): void {
    console.log(`ftserver: ready on port ${port}`);
  }

  /** Step 4. */
  async accept(socket: Socket): Promise<void> {
    socket.on("error", () => {});
    const { certificate } = this;
    if (!certificate) return this.serve(socket);
    const timer = setTimeout(() => socket.destroy(), this.handshakeLimit);
    const tls = await this.startTls(socket, certificate).catch(() => undefined);
    clearTimeout(timer);
    if (tls) await this.serve(tls);
    else setTimeout(() => socket.destroy(), CLOSE_LIMIT);
  }

  async startTls(socket: Socket, certificate: CertificateAndKey): Promise<Socket | undefined> {
    const hello = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
    if (hello[0] !== TLS_HANDSHAKE) return this.refusePlainClient(socket);
    return startTlsServer(socket, certificate, { hello, ...this.tlsOptions });
  }

  refusePlainClient(socket: Socket): undefined {
    socket.resume();
    socket.end("421 this server speaks TLS\n");
  }

  /** Steps 5 to 8. */
  async serve(socket: Socket): Promise<void> {
    const p = new this.parts.ServerControl(socket);
    const reader = new this.parts.CommandReader(p, this.account);
    const q = new this.parts.ServerData(p, this.certificate);
    const session = new this.parts.ReferenceSession(p, reader, q);
    this.sessions.add(session);
    await session.run();
    this.sessions.delete(session);
    if (this.isStopping && this.sessions.size === 0) this.end();
  }

  /** Step 9: the first SIGINT waits for running transfers, the second does not. */
  stop(): void {
    const isSecond = this.isStopping;
    this.isStopping = true;
    this.listener.close();
    for (const session of this.sessions) if (isSecond || !session.isBusy) session.abort();
    if (isSecond || this.sessions.size === 0) this.end();
    else setTimeout(() => this.end(), this.grace);
  }

  end(): void {
    process.exit(0);
  }
}

const PARTS = {
  ReferenceServer,
  ReferenceSession,
  CommandReader,
  ServerControl,
  ServerData,
  UserAccount,
};

type ServerParts = typeof PARTS;

/** Runs the reference server, with other classes for some of its parts. */
export function startServer(replacements: Partial<ServerParts> = {}): void {
  const parts = { ...PARTS, ...replacements };
  new parts.ReferenceServer(parts).start(process.argv.slice(2));
}
