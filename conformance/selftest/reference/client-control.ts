// P at the reference client: connection, TLS, login, command and replies (steps 4 to 6).

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { ClientFailure, type ClientSettings } from "./client-arguments.ts";
import { LineReader } from "./line-reader.ts";
import { formatPin, isNameInCertificate, startTlsClient } from "./tls.ts";

const CONNECT_LIMIT = 3_000; // a host that is reachable answers at once
const SESSION_LIMIT = 60_000; // more than all other limits together
const LINE_LIMIT = 4_096; // bytes with the end of the line (PROTOCOL.md)
const CLOSE_LIMIT = 200; // a working socket has sent close_notify by then
/** A server that works sends something within this time. */
export const SILENCE_LIMIT = 4_000;

/** The server cannot open Q. */
export class NoDataConnection extends ClientFailure {}

/** The connection ended too early. */
export class ConnectionLost extends ClientFailure {}

export interface ReplyLine {
  code: string;
  fields: Record<string, string>;
  text: string;
}

/** What the reply 150 says about Q. */
export interface TransferStart {
  bytes: number;
  port: number;
  /** For Q over TLS. */
  key: string;
}

export class ClientControl {
  socket!: Socket;
  lines!: LineReader;
  readonly handshakeLimit: number = SILENCE_LIMIT;

  constructor(readonly settings: ClientSettings) {}

  get isSecure(): boolean {
    return this.settings.ca !== undefined;
  }

  async open({ host, port } = this.settings): Promise<void> {
    await this.connect(host, port);
    if (this.isSecure) await this.secure(host);
    this.lines = new LineReader(this.socket, LINE_LIMIT, SESSION_LIMIT);
  }

  async connect(host: string, port: number): Promise<void> {
    this.socket = connect({ host, port, allowHalfOpen: true });
    this.socket.on("error", () => {});
    const limit = { signal: AbortSignal.timeout(CONNECT_LIMIT) };
    await once(this.socket, "connect", limit).catch(() => {
      throw new ClientFailure(`cannot connect to ${host}:${port}`, 3);
    });
  }

  async secure(host: string): Promise<void> {
    const tls = await this.startTls(this.socket);
    this.socket = tls;
    const { pin } = this.settings;
    const isTrusted = pin === undefined ? this.trusts(tls, host) : this.matchesPin(tls, pin);
    if (!isTrusted) throw new ClientFailure("the certificate of the server is not trusted", 3);
  }

  async startTls(socket: Socket): Promise<TLSSocket> {
    const tls = startTlsClient(socket, this.settings.ca ?? "").catch(() => undefined);
    const started = await Promise.race([tls, Bun.sleep(this.handshakeLimit)]);
    if (started) return started;
    throw new ClientFailure("the TLS handshake failed", 3);
  }

  trusts(tls: TLSSocket, host: string): boolean {
    return tls.authorized && isNameInCertificate(tls, host);
  }

  matchesPin(tls: TLSSocket, pin: string): boolean {
    return formatPin(tls) === pin;
  }

  async logIn(user: string): Promise<void> {
    if (!this.maySendPassword())
      throw new ClientFailure("the password would travel without encryption", 5);
    await this.sendLogin(user, Bun.env["FTCLIENT_PASSWORD"] ?? "");
  }

  /** Without TLS, the password goes to this host only. */
  maySendPassword(): boolean {
    return this.isSecure || /^(127\.|::1$)/.test(this.socket.remoteAddress ?? "");
  }

  async sendLogin(user: string, password: string): Promise<void> {
    this.socket.write(`USER ${user}\n`);
    await this.expectReply("331");
    this.socket.write(`PASS ${password}\n`);
    await this.expectReply("230");
  }

  async requestHash(): Promise<void> {
    this.socket.write("HASH\n");
    await this.expectReply("350");
  }

  async sendCommand(): Promise<void> {
    this.socket.write(this.formatCommand(this.settings));
  }

  formatCommand({ command, file, dataPort }: ClientSettings): string {
    return command === "-g" ? `-g ${file} ${dataPort}\n` : `${command} ${dataPort}\n`;
  }

  /** Asks for a port at which the client can open Q. */
  async requestPort(): Promise<{ port: number; key: string }> {
    this.socket.write("PASV\n");
    await this.expectReply("350");
    await this.sendCommand();
    const { fields } = await this.expectReply("229");
    return { port: Number(fields["port"]), key: fields["key"] ?? "" };
  }

  async expectStart(): Promise<TransferStart> {
    const { fields } = await this.expectReply("150");
    const [bytes, port] = [Number(fields["bytes"] ?? NaN), Number(fields["port"] ?? NaN)];
    if (Number.isSafeInteger(bytes) && port > 0) return { bytes, port, key: fields["key"] ?? "" };
    throw new ClientFailure("the reply 150 has no valid bytes= and port=", 9);
  }

  async expectReply(code: string): Promise<ReplyLine> {
    const reply = await this.readReply();
    if (reply.code === code) return reply;
    if (reply.code === "425") throw new NoDataConnection(`the server says: ${reply.text}`, 6);
    throw new ClientFailure(`the server says: ${reply.text}`, 6);
  }

  async readReply(): Promise<ReplyLine> {
    const line = await Promise.race([this.lines.next(), Bun.sleep(SILENCE_LIMIT)]);
    if (line === undefined) throw new ClientFailure("the server does not answer", 4);
    if (typeof line === "string") throw new ConnectionLost("the server closed P too early", 8);
    return parseReply(line.toString());
  }

  async close(): Promise<void> {
    this.socket?.end();
    // The kernel would send the FIN of a process that exits before the runtime sends close_notify.
    const finished = new Promise((resolve) => this.socket?.once("finish", resolve));
    if (this.isSecure) await Promise.race([finished, Bun.sleep(CLOSE_LIMIT)]);
    this.socket?.destroySoon();
  }
}

function parseReply(line: string): ReplyLine {
  const [, code = "", keys = "", text = line] = /^(\d{3}) ((?:[\w-]+=\S* )*)(.*)$/.exec(line) ?? [];
  const fields: Record<string, string> = {};
  for (const [, name = "", value = ""] of keys.matchAll(/([\w-]+)=(\S*) /g)) fields[name] ??= value;
  return { code, fields, text };
}
