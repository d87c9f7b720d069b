// The secret by which a client proves on Q that it is the one that gave the command on P.

import type { Connection } from "../net/connection.ts";
import { Failure } from "../errors.ts";

/** The key's length on the wire, in bytes: 128 random bits in hexadecimal digits. */
const LENGTH = 32;

/** A new key: for one transfer, and sent only over TLS. */
export function newKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(LENGTH / 2))).toString("hex");
}

/** The client's part: the key is the first that goes over Q. Throws a `Failure` of kind `protocol` where it is none. */
export async function sendKey(q: Connection, key: string, ms: number): Promise<void> {
  if (!/^[0-9a-f]{32}$/.test(key)) {
    throw new Failure("protocol", "The server's 150 has no key, which a transfer over TLS needs.");
  }
  await q.write(key, ms);
}

/**
 * The server's part: reads exactly the key, within `ms` milliseconds. Throws a `Failure` of code 425 where something else
 * comes, or nothing: then it is not the client that is there, and Q must end without a byte of the file.
 */
export async function expectKey(q: Connection, key: string, ms: number): Promise<void> {
  const until = performance.now() + ms;
  let came = Buffer.alloc(0);
  while (came.length < LENGTH) {
    const bytes = await q.read(until - performance.now()).catch((error: Error) => error);
    if (!(bytes instanceof Uint8Array)) throw unproved(bytes?.message ?? "Q was closed.");
    came = Buffer.concat([came, bytes]);
  }
  // In constant time, so that nobody can feel the way to the key digit by digit.
  const same = came.length === LENGTH && crypto.timingSafeEqual(came, Buffer.from(key));
  if (!same) throw unproved("The key was wrong.");
}

function unproved(why: string): Failure {
  return new Failure("connect", `Nobody proved on Q to be the client: ${why}`, 425);
}
