// TLS for the reference programs: either end of a connection can take either role.

import { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { checkServerIdentity, connect, type SecureVersion, TLSSocket } from "node:tls";

/** The first byte that a TLS client sends. */
export const TLS_HANDSHAKE = 0x16;

/** How a record begins that holds an encrypted alert, such as close_notify, and how long it is. */
const ALERT = Buffer.from("1703030013", "hex");
const ALERT_LENGTH = 24;

const transports = new WeakMap<Socket, TlsTransport>();

export interface CertificateAndKey {
  cert: string;
  key: string;
}

export interface TlsServerOptions {
  /** Bytes that were read from the socket before. */
  hello?: Buffer;
  minVersion?: SecureVersion;
  /** Whether the client may end its direction first and still get its replies. */
  allowHalfOpen?: boolean;
}

/** Takes the role of the TLS server. */
export function startTlsServer(
  socket: Socket,
  { cert, key }: CertificateAndKey,
  { hello, minVersion = "TLSv1.3", allowHalfOpen = true }: TlsServerOptions = {},
): Promise<TLSSocket> {
  const transport = new TlsTransport(socket);
  const tls = new TLSSocket(transport, { isServer: true, cert, key, minVersion });
  attach(tls, transport);
  // The runtime answers the end of the client with its own at once, and N6.14 forbids that.
  transport.holdsEnd = allowHalfOpen;
  if (hello) transport.push(hello);
  return waitForHandshake(tls, "secure");
}

/** Takes the role of the TLS client; the caller checks the certificate. */
export function startTlsClient(socket: Socket, ca: string): Promise<TLSSocket> {
  const transport = new TlsTransport(socket);
  const tls = connect({
    socket: transport,
    minVersion: "TLSv1.3",
    rejectUnauthorized: false,
    // The runtime would check for "localhost": the transport has no host name.
    checkServerIdentity: () => undefined,
    ...(ca === "" ? {} : { ca }),
  });
  attach(tls, transport);
  return waitForHandshake(tls, "secureConnect");
}

export const isNameInCertificate = (tls: TLSSocket, host: string): boolean =>
  checkServerIdentity(host, tls.getPeerCertificate()) === undefined;

/** Returns the fingerprint of the peer's certificate in the form in which users pin it. */
export const formatPin = (tls: TLSSocket): string =>
  `sha256:${tls.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase()}`;

/** Whether the peer ended TLS with close_notify; true for a socket without TLS. */
export const hasEndedProperly = (socket: Socket): boolean =>
  isAlert(transports.get(socket)?.tail ?? ALERT);

/** Sends a FIN without close_notify. */
export const endWithoutCloseNotify = (socket: Socket): unknown =>
  (transports.get(socket)?.socket ?? socket).end();

/** The stream between TLS and the socket. */
class TlsTransport extends Duplex {
  /** Whether the end of the peer is held back until we have ended our direction. */
  holdsEnd = false;
  /** The last bytes of the peer. */
  tail: Buffer = Buffer.alloc(0);
  #held: (Buffer | null)[] = [];

  constructor(readonly socket: Socket) {
    super({ allowHalfOpen: true });
    socket.on("data", (piece: Buffer) => this.receive(piece));
    socket.once("end", () => this.receive(null));
  }

  receive(piece: Buffer | null): void {
    if (piece) this.tail = Buffer.concat([this.tail, piece]).subarray(-ALERT_LENGTH);
    const end = piece?.subarray(-ALERT_LENGTH) ?? null;
    if (!this.holdsEnd || (end && !isAlert(end))) return void this.push(piece);
    this.#held.push(end);
    if (piece && piece.length > ALERT_LENGTH) this.push(piece.subarray(0, -ALERT_LENGTH));
  }

  override _read(): void {}

  override _write(bytes: Uint8Array, _encoding: string, done: () => void): void {
    this.socket.write(bytes, () => done());
  }

  override _final(done: () => void): void {
    this.socket.end();
    this.holdsEnd = false;
    for (const piece of this.#held.splice(0)) this.push(piece);
    done();
  }
}

const isAlert = (record: Buffer): boolean => record.subarray(0, ALERT.length).equals(ALERT);

/** Gives the TLS socket the addresses of the socket below, and one end to both. */
function attach(tls: TLSSocket, transport: TlsTransport): void {
  const { socket } = transport;
  for (const name of ["remoteAddress", "remotePort", "localAddress", "localPort"] as const)
    Object.defineProperty(tls, name, { value: socket[name] });
  Object.defineProperty(tls, "setNoDelay", { value: () => socket.setNoDelay(true) });
  transports.set(tls, transport);
  socket.once("close", () => tls.destroy());
  tls.once("close", () => socket.destroy());
  tls.on("error", () => {});
  socket.resume();
}

function waitForHandshake(tls: TLSSocket, event: "secure" | "secureConnect"): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error("no TLS handshake"));
    tls.once(event, () => resolve(tls));
    tls.once("close", fail).once("error", fail).once("end", fail);
  });
}
