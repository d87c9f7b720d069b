// TLS for the honest programs: a socket of either end goes on in either part, and remembers how its peer ended.

import { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { checkServerIdentity, connect, type SecureVersion, TLSSocket } from "node:tls";

export const HANDSHAKE = 0x16; // the first byte of a client that speaks TLS

export interface Pair {
  cert: string;
  key: string;
}

/** An encrypted alert, as close_notify is one: the header of its record, and how long it is in all. */
const ALERT = Buffer.from("1703030013", "hex");
const ALERT_LENGTH = 24;
const wires = new WeakMap<Socket, Wire>();

/** Whether the peer has ended with close_notify, and not with a FIN alone. */
export const notified = (socket: Socket): boolean => isAlert(wires.get(socket)?.tail ?? ALERT);

interface Ways {
  /** What has been read already. */
  hello?: Buffer;
  oldest?: SecureVersion;
  /** Whether the client may end its direction first. */
  halfOpen?: boolean;
}

/** Ends the connection below with FIN, and leaves out what TLS would say. */
export const cut = (socket: Socket): unknown => (wires.get(socket)?.socket ?? socket).end();

/** Takes the server's part. */
export function sealAsServer(
  socket: Socket,
  { cert, key }: Pair,
  ways: Ways = {},
): Promise<Socket> {
  const { hello, oldest = "TLSv1.3", halfOpen = true } = ways;
  const wire = new Wire(socket);
  const options = { isServer: true, cert, key, minVersion: oldest } as const;
  const tls = joined(socket, wire, new TLSSocket(wire, options));
  // The runtime answers the client's end with its own at once; the client is still to get its replies (N6.14).
  wire.holds = halfOpen;
  if (hello) wire.push(hello);
  return shaken(tls, "secure");
}

/** Takes the client's part; whom it met is for the caller to judge. */
export function sealAsClient(socket: Socket, ca: string): Promise<TLSSocket> {
  const wire = new Wire(socket);
  // Issuer and dates are the runtime's to check; the name is ours, since it would take "localhost" for it.
  const judge = { rejectUnauthorized: false, checkServerIdentity: () => undefined };
  const issuers = ca === "" ? {} : { ca };
  const tls = connect({ socket: wire, ...issuers, minVersion: "TLSv1.3", ...judge });
  return shaken(joined(socket, wire, tls), "secureConnect");
}

/** Whether the peer is who it was called. */
export const isCalled = (tls: TLSSocket, host: string): boolean =>
  checkServerIdentity(host, tls.getPeerCertificate()) === undefined;

/** The fingerprint of the peer's certificate, as users pin it. */
export const pinOf = (tls: TLSSocket): string =>
  `sha256:${tls.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase()}`;

/** The socket as TLS sees it. */
class Wire extends Duplex {
  /** Keeps the peer's end back until we have ended ourselves. */
  holds = false;
  #held: (Buffer | null)[] = [];
  tail: Buffer = Buffer.alloc(0);

  constructor(readonly socket: Socket) {
    super({ allowHalfOpen: true });
  }

  took(piece: Buffer | null): void {
    if (piece) this.tail = Buffer.concat([this.tail, piece]).subarray(-ALERT_LENGTH);
    if (!this.holds || (piece && !isAlert(piece.subarray(-ALERT_LENGTH)))) {
      this.push(piece);
      return;
    }
    this.#held.push(piece?.subarray(-ALERT_LENGTH) ?? null);
    if (piece && piece.length > ALERT_LENGTH) this.push(piece.subarray(0, -ALERT_LENGTH));
  }

  override _read(): void {}

  override _write(bytes: Uint8Array, _: string, taken: () => void): void {
    this.socket.write(bytes, () => taken());
  }

  override _final(taken: () => void): void {
    this.socket.end();
    this.holds = false;
    for (const piece of this.#held.splice(0)) this.push(piece);
    taken();
  }
}

const isAlert = (record: Buffer): boolean => record.subarray(0, ALERT.length).equals(ALERT);

/** What the one has of an address, and of an end, the other has too. */
function joined(socket: Socket, wire: Wire, tls: TLSSocket): TLSSocket {
  for (const name of ["remoteAddress", "remotePort", "localAddress", "localPort"] as const)
    Object.defineProperty(tls, name, { value: socket[name] });
  Object.defineProperty(tls, "setNoDelay", { value: () => socket.setNoDelay(true) });
  wires.set(tls, wire);
  socket.on("data", (piece: Buffer) => wire.took(piece));
  socket.once("end", () => wire.took(null));
  socket.once("close", () => tls.destroy());
  tls.once("close", () => socket.destroy());
  tls.on("error", () => {});
  socket.resume();
  return tls;
}

function shaken<T extends TLSSocket>(tls: T, event: "secure" | "secureConnect"): Promise<T> {
  return new Promise((resolve, reject) => {
    const failed = (): void => reject(new Error("no TLS handshake"));
    tls.once(event, () => resolve(tls));
    tls.once("close", failed).once("error", failed).once("end", failed);
  });
}
