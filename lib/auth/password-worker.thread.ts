// The thread of verifier.ts: compares a password with a hash, one after the other.

import type { PasswordCheck } from "./password-worker.ts";

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<PasswordCheck>) => {
  self.postMessage(matches(data));
};

/** A hash that cannot be read belongs to no password; the store refuses such a line before it gets here. */
function matches({ password, hash }: PasswordCheck): boolean {
  try {
    return Bun.password.verifySync(password, hash);
  } catch {
    return false;
  }
}
