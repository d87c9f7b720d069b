// The secret by which a client proves on Q that it gave the command on P.

import type { Connection } from "../net/connection.ts";
import { Failure, replyFailure } from "../errors.ts";

/** Length of the key on the wire, in bytes: 128 random bits as hexadecimal digits. */
const LENGTH = 32;

/** A new key, for one transfer. Only P carries it to the client. */
export function newKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(LENGTH / 2))).toString("hex");
}

/** The client sends the key before anything else on Q. Throws a `Failure` of kind `protocol` if it is not a key. */
export async function sendKey(q: Connection, key: string, ms: number): Promise<void> {
  if (!/^[0-9a-f]{32}$/.test(key)) {
    throw new Failure("protocol", "The server's reply has no key for the data connection.");
  }
  await q.write(key, ms);
}

/**
 * The server reads exactly the key, within `ms` milliseconds. Throws a `Failure` of code 425 if it gets anything else:
 * the peer is not the client, and the server must end Q without a byte of the file.
 */
export async function expectKey(q: Connection, key: string, ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  let received = Buffer.alloc(0);
  while (received.length < LENGTH) {
    const bytes = await q.read(deadline - performance.now()).catch((error: Error) => error);
    if (!(bytes instanceof Uint8Array)) throw keyFailure(bytes?.message ?? "Q was closed.");
    received = Buffer.concat([received, bytes]);
  }
  // In constant time: the time of a comparison must not tell how many digits of a guess are right.
  const isSame = received.length === LENGTH && crypto.timingSafeEqual(received, Buffer.from(key));
  if (!isSame) throw keyFailure("The key was wrong.");
}

function keyFailure(why: string): Failure {
  return replyFailure(425, `The peer on Q did not prove that it is the client: ${why}`);
}
