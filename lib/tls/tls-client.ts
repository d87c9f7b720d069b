// The client's side of TLS on P and Q: the handshake, and whether to trust the server.

import type { Connection } from "../net/connection.ts";
import { formatError, Failure, failureKind } from "../errors.ts";
import { sanitizeForDisplay, shorten } from "../text.ts";
import { TlsLayer } from "./tls-layer.ts";
import { sendKey } from "./transfer-key.ts";
import { assertTrusted, isAddress, readTrust, type Trust } from "./trust.ts";

/** How much of an answer that is not TLS is shown, in bytes: a line on a screen. */
const MAX_QUOTE = 200;

/** Plays the TLS client on P and, although the client listens there, on Q. */
export class TlsClient {
  constructor(private readonly trust: Trust) {}

  /** Reads what the user gave. Throws a `Failure` of kind `usage` as `readTrust` does. */
  static read(host: string, caFile?: string, pin?: string): TlsClient {
    return new TlsClient(readTrust(host, caFile, pin));
  }

  /** Encrypts P, and returns the fingerprint of its certificate. Throws as `connectTls` does. */
  connectP(p: Connection, ms: number): Promise<string> {
    return connectTls(p, this.trust, ms);
  }

  /** Encrypts Q, whose certificate must be that of P, and sends `key`. Waits at most `ms` milliseconds for each. */
  async connectQ(q: Connection, fingerprintOfP: string, key: string, ms: number): Promise<void> {
    try {
      await connectTls(q, { name: this.trust.name, pin: fingerprintOfP }, ms);
    } catch (error) {
      const kind = failureKind(error);
      throw new Failure(kind, `No TLS on the data connection: ${formatError(error)}`);
    }
    await sendKey(q, key, ms);
  }
}

/**
 * Encrypts a connection that either end has opened, as the TLS client. Waits at most `ms` milliseconds. Returns the
 * fingerprint of the peer's certificate. Throws a `Failure` of kind `connect` or `timeout` if there is no TLS, or if
 * `trust` does not accept the certificate, and breaks the connection: nothing can then be sent in the clear by mistake.
 */
export async function connectTls(
  connection: Connection,
  trust: Trust,
  ms: number,
): Promise<string> {
  try {
    return await shakeHands(connection, trust, ms);
  } catch (error) {
    connection.abort(error as Error);
    throw error;
  }
}

async function shakeHands(connection: Connection, trust: Trust, ms: number): Promise<string> {
  // Bytes from before the handshake are not protected: if they were kept, they would pass for decrypted ones.
  const early = connection.takeUnread();
  if (early.length > 0) throw notTls(Buffer.from(early).toString());
  const { name, ca } = trust;
  const layer = new TlsLayer(connection, "client", {
    // We complete the handshake with any server and check its certificate afterwards, so that the failure can describe it.
    rejectUnauthorized: false,
    ...(isAddress(name) ? {} : { serverName: name }),
    ...(ca === undefined ? {} : { ca }),
  });
  const handshake = await layer.handshake(ms);
  if (!handshake) {
    const seconds = ms / 1000;
    throw new Failure(
      "timeout",
      `No TLS handshake within ${seconds} s. Does the server speak TLS?`,
    );
  }
  if (handshake.error === undefined) return assertTrusted(handshake, trust);
  const { plainText } = layer.records;
  throw plainText ? notTls(plainText) : handshakeFailure(handshake.error);
}

function notTls(answer: string): Failure {
  const [line = ""] = answer.split(/\r?\n/);
  const quote = sanitizeForDisplay(shorten(line, MAX_QUOTE));
  return new Failure("connect", `The server did not answer in TLS. It said: "${quote}"`);
}

function handshakeFailure(error: string): Failure {
  const why =
    error === "closed" ? "the server broke off the TLS handshake" : `no TLS handshake: ${error}`;
  return new Failure("connect", `Cannot connect: ${why}. Does it speak TLS 1.3 on this port?`);
}
