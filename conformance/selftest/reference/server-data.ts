// Q at the reference server: it connects to the client, starts TLS, sends and closes.

import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Refusal, type ServerControl } from "./server-control.ts";
import { type CertificateAndKey, startTlsServer } from "./tls.ts";

const CONNECT_LIMIT = 3_000; // the client listens already
const CLOSE_LIMIT = 2_000; // a client closes Q as soon as it has read everything
const KEY_LENGTH = 32; // hexadecimal digits

export class ServerData {
  socket: Socket | undefined;
  /** Enough for a TLS handshake and for a key that the client knows already. */
  readonly keyLimit: number = 3_000;
  /** The same for a client that opens Q. */
  readonly arrivalLimit: number = 3_000;

  constructor(
    readonly p: ServerControl,
    /** What TLS needs; without it, Q is plain TCP. */
    readonly certificate: CertificateAndKey | undefined,
  ) {}

  /** Uses the addresses of P in the opposite direction. */
  async open(
    port: number,
    host = this.p.socket.remoteAddress ?? "",
    localAddress = this.p.socket.localAddress ?? "",
  ): Promise<void> {
    const options = { host: unmap(host), port, localAddress: unmap(localAddress) };
    this.socket = connect({ ...options, allowHalfOpen: true });
    this.socket.on("error", () => {}).resume();
    const limit = { signal: AbortSignal.timeout(CONNECT_LIMIT) };
    await once(this.socket, "connect", limit).catch(() => {
      this.socket?.destroy();
      throw new Refusal("425 the data connection cannot be opened");
    });
  }

  /** Lets the client open Q: takes the first connection that brings the key. `invite` sends the port and the key. */
  async accept(invite: (port: number, key: string) => Promise<void>): Promise<void> {
    const key = this.createKey();
    const arrival = Promise.withResolvers<Socket>();
    const strangers = new Set<Socket>();
    const listener = createServer({ allowHalfOpen: true }, (socket) => {
      strangers.add(socket.on("error", () => {}));
      this.prove(socket, key).then(
        (q) => {
          strangers.delete(socket);
          arrival.resolve(q);
        },
        () => socket.destroy(),
      );
    });
    listener.listen({ port: 0, host: this.passiveHost });
    await once(listener, "listening");
    const late = new Refusal("425 nobody brought the key in time");
    const timer = setTimeout(() => arrival.reject(late), this.arrivalLimit);
    try {
      await invite((listener.address() as AddressInfo).port, key);
      this.socket = await arrival.promise;
    } finally {
      clearTimeout(timer);
      this.closePort(listener);
      for (const stranger of strangers) stranger.destroy();
    }
  }

  closePort(listener: Server): void {
    listener.close();
  }

  get passiveHost(): string {
    return unmap(this.p.socket.localAddress ?? "");
  }

  /** Rejects if the client is somebody else. */
  async prove(socket: Socket, key: string): Promise<Socket> {
    const q = this.certificate ? await this.startTls(socket, this.certificate) : socket;
    await this.readKey(q, key);
    return q;
  }

  /** Creates the secret with which the client proves on Q that it is the one that asked on P. */
  createKey(): string {
    return randomBytes(KEY_LENGTH / 2).toString("hex");
  }

  /** Starts TLS on Q, and waits for the key. */
  async secure(key: string): Promise<void> {
    const { socket, certificate } = this;
    if (!socket || !certificate) return;
    const timer = setTimeout(() => socket.destroy(), this.keyLimit);
    try {
      this.socket = await this.startTls(socket, certificate);
      await this.readKey(this.socket, key);
    } catch {
      throw new Refusal("425 no proof of the client came on the data connection");
    } finally {
      clearTimeout(timer);
    }
  }

  startTls(socket: Socket, certificate: CertificateAndKey): Promise<Socket> {
    return startTlsServer(socket, certificate);
  }

  /** Rejects if other bytes come, or if the client closes Q. */
  readKey(socket: Socket, key: string): Promise<void> {
    return new Promise((resolve, reject) => {
      let received = Buffer.alloc(0);
      socket.once("end", reject).once("close", reject);
      socket.on("data", (piece: Buffer) => {
        received = Buffer.concat([received, piece]);
        if (received.length < KEY_LENGTH) return;
        if (received.length > KEY_LENGTH || !timingSafeEqual(received, Buffer.from(key))) reject();
        else resolve();
      });
    });
  }

  /** Waits until the kernel has taken the bytes, so that a slow reader costs no memory. */
  send(piece: Buffer): Promise<void> {
    const { socket } = this;
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Refusal("426 the data connection was cut"));
      if (!socket || socket.destroyed) return fail();
      socket.once("close", fail);
      socket.write(piece, (error) => {
        socket.off("close", fail);
        if (error) fail();
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    const { socket } = this;
    if (!socket || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      socket.once("close", resolve);
      socket.end(resolve);
    });
    setTimeout(() => socket.destroy(), CLOSE_LIMIT).unref();
  }
}

/** Returns the IPv4 address within an IPv6 one. */
const unmap = (address: string): string => address.replace(/^::ffff:/, "");
