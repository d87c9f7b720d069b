// The server's side of TLS on P and Q: the handshake, and the client's proof on Q.

import type { Connection } from "../net/connection.ts";
import { formatError, type Failure, failureKind, replyFailure } from "../errors.ts";
import { type Identity, type KeyPair, readIdentity } from "./identity.ts";
import { isHandshake } from "./record-headers.ts";
import { TlsLayer } from "./tls-layer.ts";
import { expectKey, newKey } from "./transfer-key.ts";

/** How long the server waits for a handshake, and then for the key, in ms: as for a dial, three lost packets fit. */
const HANDSHAKE_TIMEOUT = 10_000;

const HINT = "This server speaks TLS: use --tls.";

/** Plays the TLS server on P and, although the server dials there, on Q (as in RFC 4217, section 7). */
export class TlsServer {
  constructor(
    readonly identity: Identity,
    private readonly timeout = HANDSHAKE_TIMEOUT,
  ) {}

  /** Reads two PEM files. Throws a `Failure` of kind `usage` as `readIdentity` does. */
  static read(certFile: string, keyFile: string): TlsServer {
    return new TlsServer(readIdentity(certFile, keyFile));
  }

  /** Encrypts P before its first line, within `ms` milliseconds. Throws as `acceptTls` does. */
  async acceptP(p: Connection, ms: number): Promise<void> {
    await acceptTls(p, this.identity, Math.min(this.timeout, ms));
  }

  /** The secret for one Q, which the server sends in its `150`. */
  newKey(): string {
    return newKey();
  }

  /**
   * Encrypts Q and waits for the key, which only the client of P knows, within `ms` milliseconds for each.
   * Throws a `Failure` of code 425; then no byte of the file may be sent.
   */
  async acceptQ(q: Connection, key: string, ms: number): Promise<void> {
    const timeout = Math.min(this.timeout, ms);
    try {
      await acceptTls(q, this.identity, timeout);
    } catch (error) {
      throw replyFailure(425, `No TLS on the data connection: ${formatError(error)}`);
    }
    await expectKey(q, key, timeout);
  }
}

/**
 * Encrypts a connection that either end has opened, as the TLS server. Waits at most `ms` milliseconds. Throws a
 * `Failure` of code 421. If the peer sends nothing, or something else than TLS, the connection stays in the clear,
 * so that the server can still reply; after any other failure it is broken.
 */
export async function acceptTls(connection: Connection, keys: KeyPair, ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  const hello = await readHello(connection, ms);
  const { cert, key } = keys;
  const layer = new TlsLayer(connection, "server", { cert, key }, hello);
  const handshake = await layer.handshake(deadline - performance.now());
  if (handshake && handshake.error === undefined) return;
  const failure = handshake ? refusal(handshake.error) : replyFailure(421, formatTimeout(ms));
  connection.abort(failure);
  throw failure;
}

/** The first bytes of the client, if they are TLS. */
async function readHello(connection: Connection, ms: number): Promise<Uint8Array> {
  const first = await connection.read(ms).catch((error) => {
    const isLate = failureKind(error) === "timeout";
    throw isLate ? replyFailure(421, `${formatTimeout(ms)} ${HINT}`) : error;
  });
  if (!first) throw replyFailure(421, "The client left before the TLS handshake.");
  if (!isHandshake(first)) throw replyFailure(421, HINT);
  return Buffer.concat([first, connection.takeUnread()]);
}

function refusal(error = ""): Failure {
  const why = error === "closed" ? "it closed the connection; perhaps it does not trust us" : error;
  return replyFailure(421, `No TLS with this client: ${why}.`);
}

function formatTimeout(ms: number): string {
  return `No TLS handshake within ${ms / 1000} s.`;
}
