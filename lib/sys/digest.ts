// The SHA-256 of an open file, computed in turns so that other clients do not wait for it.

import { readSync } from "node:fs";

/** Bytes hashed before others get their turn: about a millisecond. */
const TURN = 1024 * 1024;

/** The SHA-256 of the first `size` bytes of `fd`, or of all bytes if there are fewer, in lower-case hexadecimal digits. */
export async function sha256(fd: number, size: number): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  const buffer = Buffer.allocUnsafeSlow(TURN);
  for (let offset = 0; offset < size;) {
    const read = readSync(fd, buffer, 0, Math.min(TURN, size - offset), offset);
    if (read === 0) break;
    hasher.update(buffer.subarray(0, read));
    offset += read;
    await new Promise(setImmediate);
  }
  return hasher.digest("hex");
}
