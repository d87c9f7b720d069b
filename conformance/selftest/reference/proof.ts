// The secret by which a client proves on Q that it is the one that asked on P.

import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";

export const KEY_LENGTH = 32; // digits

export const newKey = (): string => randomBytes(KEY_LENGTH / 2).toString("hex");

/** Resolves when the whole key has come; rejects when another has, or the end. */
export function expectKey(q: Socket, key: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let came = Buffer.alloc(0);
    const failed = (): void => reject(new Error("no key"));
    q.once("end", failed).once("close", failed);
    q.on("data", (piece: Buffer) => {
      came = Buffer.concat([came, piece]);
      if (came.length < KEY_LENGTH) return;
      const same = came.length === KEY_LENGTH && timingSafeEqual(came, Buffer.from(key));
      if (same) resolve();
      else failed();
    });
  });
}
