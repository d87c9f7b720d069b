// A plain connection made an encrypted one, in place: the handshake in both roles, bounded, and its failures in sentences.

import type { Connection } from "../net/connection.ts";
import { Failure, replyFailure } from "../errors.ts";
import { shorten, sanitizeForDisplay } from "../text.ts";
import { isHandshake } from "./tls-records.ts";
import { type Handshake, TlsLayer } from "./tls-socket.ts";
import { assertTrusted, isAddress, type Trust } from "./tls-trust.ts";

/** A certificate chain and its private key, both as PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** How much of a text that is not TLS is shown, in bytes: a line on a screen. */
const MAX_QUOTE = 200;

/**
 * Takes the TLS server's part on a connection that either end has opened; afterwards all that it carries is encrypted.
 * Waits at most `ms` milliseconds. Throws a `Failure` of code 421. Where the peer does not speak TLS at all, or says
 * nothing, the connection stays as it is, so that the reply can still be given in the clear; else it is broken.
 */
export async function acceptTls(plain: Connection, pair: KeyPair, ms: number): Promise<void> {
  const until = performance.now() + ms;
  const hello = await readHello(plain, ms);
  const { cert, key } = pair;
  const layer = new TlsLayer(plain, "server", { cert, key }, hello);
  const end = await layer.handshake(until - performance.now());
  if (!end) throw broken(plain, replyFailure(421, late(ms)));
  if (!end.error) return;
  const why = end.error === "closed" ? "it broke off, as one does that does not trust" : end.error;
  throw broken(plain, replyFailure(421, `No TLS with this client: ${why}.`));
}

/**
 * Takes the TLS client's part on a connection that either end has opened, and believes the peer only where `trust` does.
 * Returns the fingerprint of its certificate: SHA-256 in 64 hexadecimal digits. Waits at most `ms` milliseconds. Throws a
 * `Failure` of kind `connect` or `timeout`, and the connection is broken then: nothing goes out in the clear by mistake.
 */
export async function connectTls(plain: Connection, trust: Trust, ms: number): Promise<string> {
  try {
    return await shakeHands(plain, trust, ms);
  } catch (error) {
    throw broken(plain, error as Error);
  }
}

async function shakeHands(plain: Connection, trust: Trust, ms: number): Promise<string> {
  // What came before the handshake is nobody's: kept, it would pass for something that TLS protects.
  const early = plain.takeUnread();
  if (early.length > 0) throw notTls(Buffer.from(early).toString());
  const { name, ca } = trust;
  const layer = new TlsLayer(plain, "client", {
    // The handshake is completed with anyone, and judged before a byte is sent: so the failure can say what was seen.
    rejectUnauthorized: false,
    ...(isAddress(name) ? {} : { serverName: name }),
    ...(ca === undefined ? {} : { ca }),
  });
  const end = await layer.handshake(ms);
  if (!end) throw new Failure("timeout", `${late(ms)} Does the server speak TLS?`);
  if (end.error) throw layer.records.plainText ? notTls(layer.records.plainText) : noTls(end);
  return assertTrusted(end, trust);
}

/** The first bytes of the client, known to be TLS. */
async function readHello(plain: Connection, ms: number): Promise<Uint8Array> {
  const first = await plain.read(ms).catch((error) => {
    throw error instanceof Failure && error.kind === "timeout"
      ? replyFailure(421, `${late(ms)} This server speaks TLS: use --tls.`)
      : error;
  });
  if (!first) throw replyFailure(421, "The client left before the TLS handshake.");
  if (!isHandshake(first)) throw replyFailure(421, "This server speaks TLS: use --tls.");
  return Buffer.concat([first, plain.takeUnread()]);
}

function broken<T extends Error>(connection: Connection, failure: T): T {
  connection.abort(failure);
  return failure;
}

function late(ms: number): string {
  return `No TLS handshake within ${ms / 1000} s.`;
}

function notTls(said: string): Failure {
  const [line = ""] = said.split(/\r?\n/);
  const quote = sanitizeForDisplay(shorten(line, MAX_QUOTE));
  return new Failure("connect", `The server did not answer in TLS. It said: "${quote}"`);
}

function noTls({ error }: Handshake): Failure {
  const why =
    error === "closed" ? "the server broke off the TLS handshake" : `no TLS handshake: ${error}`;
  return new Failure("connect", `Cannot connect: ${why}. Does it speak TLS 1.3 on this port?`);
}
