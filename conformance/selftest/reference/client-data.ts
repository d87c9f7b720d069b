// Q at the reference client: it listens, accepts the server, starts TLS and reads (step 7).

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { ClientFailure } from "./client-arguments.ts";
import {
  type ClientControl,
  ConnectionLost,
  SILENCE_LIMIT,
  type TransferStart,
} from "./client-control.ts";
import { hasEndedProperly } from "./tls.ts";

export class ClientData {
  /** Connections to the data port, in the order in which they came. */
  readonly candidates: Socket[] = [];
  readonly listener: Server;

  constructor(readonly p: ClientControl) {
    const options = { allowHalfOpen: true, pauseOnConnect: true };
    this.listener = createServer(options, (socket) => {
      socket.on("error", () => {});
      this.candidates.push(socket);
    });
  }

  async listen(port: number, host = this.p.socket.localAddress): Promise<void> {
    this.listener.listen({ port, host });
    await once(this.listener, "listening").catch(() => {
      throw new ClientFailure(`cannot use DATA_PORT ${port}`, 3);
    });
  }

  async receive({ bytes, port, key }: TransferStart): Promise<Buffer> {
    const accepted = await this.accept(port);
    const socket = this.p.isSecure ? await this.secure(accepted, key) : accepted;
    return this.read(socket, bytes);
  }

  /** Opens Q to the server, and brings the key. */
  async open(port: number, key: string): Promise<Socket> {
    const host = this.passiveHost;
    const socket = connect({ host, port, allowHalfOpen: true });
    socket.on("error", () => {});
    const limit = { signal: AbortSignal.timeout(SILENCE_LIMIT) };
    await once(socket, "connect", limit).catch(() => {
      throw new ClientFailure(`cannot connect to port ${port} of the server`, 3);
    });
    if (this.p.isSecure) return this.secure(socket, key);
    socket.write(this.formatKey(key));
    return socket;
  }

  get passiveHost(): string {
    return this.p.socket.remoteAddress ?? "";
  }

  async accept(port: number): Promise<Socket> {
    const end = performance.now() + SILENCE_LIMIT;
    while (performance.now() < end) {
      for (const socket of this.candidates.splice(0)) {
        if (this.isFromServer(socket, port)) return socket;
        socket.destroy();
      }
      await Bun.sleep(5);
    }
    throw new ClientFailure("the server opened no data connection", 4);
  }

  isFromServer({ remoteAddress, remotePort }: Socket, port: number): boolean {
    return remoteAddress === this.p.socket.remoteAddress && remotePort === port;
  }

  /** Starts TLS, compares the certificate with that of P, and sends the key. */
  async secure(accepted: Socket, key: string): Promise<Socket> {
    if (this.hasEarlyBytes(accepted)) throw new ClientFailure("bytes came on Q before TLS", 9);
    const tls = await this.p.startTls(accepted);
    if (!this.hasSameCertificate(tls))
      throw new ClientFailure("Q has another certificate than P", 9);
    tls.write(this.formatKey(key));
    return tls;
  }

  hasEarlyBytes(socket: Socket): boolean {
    return socket.readableLength > 0;
  }

  hasSameCertificate(q: TLSSocket): boolean {
    const p = this.p.socket;
    if (!(p instanceof TLSSocket)) return false;
    return p.getPeerCertificate().fingerprint256 === q.getPeerCertificate().fingerprint256;
  }

  formatKey(key: string): string {
    return key;
  }

  read(socket: Socket, bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new ConnectionLost("the transfer was cut short", 8));
      socket.setTimeout(SILENCE_LIMIT, () => socket.destroy());
      socket.on("data", (piece: Buffer) => pieces.push(piece));
      socket.once("close", fail);
      socket.once("end", () => {
        const payload = Buffer.concat(pieces);
        this.closeSocket(socket);
        if (this.isComplete(payload, bytes, socket)) resolve(payload);
        else fail();
      });
      socket.resume();
    });
  }

  /** Over TLS, a FIN alone is not the end: an attacker can send one. */
  isComplete(payload: Buffer, bytes: number, socket: Socket): boolean {
    return payload.length === bytes && hasEndedProperly(socket);
  }

  closeSocket(socket: Socket): void {
    socket.end();
  }

  close(): void {
    for (const socket of this.candidates) socket.destroy();
    this.listener.close();
  }
}
