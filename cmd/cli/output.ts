// Bytes to a descriptor that may be slow or closed, without holding up anything else meanwhile.

import { write } from "node:fs";

/** Wait before a full pipe is tried again, in ms: one that is in non-blocking mode says so instead of waiting. */
const RETRY = 10;

/**
 * Writes all of the bytes on a thread of their own, so that a reader that stops holds up nobody else; resolves when
 * they have left this process. Rejects with the system's error: EPIPE where the reader has gone, ENOSPC and so on.
 */
export async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const count = await writeSome(fd, bytes.subarray(done));
    if (count === 0) await Bun.sleep(RETRY);
    done += count;
  }
}

function writeSome(fd: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, 0, bytes.length, null, (error, count) => {
      if (error && error.code !== "EAGAIN") reject(error);
      else resolve(error ? 0 : count);
    });
  });
}
