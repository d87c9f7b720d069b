// Passwords are compared with their hashes one at a time, so that a flood of logins cannot fill the runtime's thread pool.

import { replyFailure } from "../errors.ts";

/** One login that waits for its turn. */
interface PendingCheck {
  readonly password: string;
  readonly hash: string;
  readonly resolve: (isRight: boolean) => void;
  readonly reject: (reason: Error) => void;
}

/** Logins that may wait from one address. One more, and the one that has waited longest is refused. */
const MAX_PENDING = 64;

/**
 * Twenty checks at once would delay the listing of another client from 1 ms to 0.3 s, since both use the same threads; one
 * at a time delays nobody, and bounds memory too. Addresses take turns. Within an address the newest goes
 * first: in a flood the oldest have waited too long already, so a client that comes now is served.
 */
export class PasswordQueue {
  readonly #pending = new Map<string, PendingCheck[]>();
  #isBusy = false;

  /** True if the password belongs to the hash. Rejects with a `Failure` of code 421 if too many wait. */
  verify(password: string, hash: string, address: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const lane = this.#pending.get(address) ?? [];
      lane.push({ password, hash, resolve, reject });
      if (lane.length > MAX_PENDING) {
        lane.shift()?.reject(replyFailure(421, "Too many logins at once: try again later."));
      }
      this.#pending.set(address, lane);
      if (!this.#isBusy) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let check; (check = this.#next());) check.resolve(await isMatch(check));
    this.#isBusy = false;
  }

  /** The newest check of the address whose turn it is. That address then goes to the end of the row. */
  #next(): PendingCheck | undefined {
    const [address, lane] = this.#pending.entries().next().value ?? [];
    if (address === undefined || !lane) return undefined;
    const check = lane.pop();
    this.#pending.delete(address);
    if (lane.length > 0) this.#pending.set(address, lane);
    return check;
  }
}

/** No password matches a hash that cannot be read; the user store refuses such a line before it comes here. */
async function isMatch({ password, hash }: PendingCheck): Promise<boolean> {
  return await Bun.password.verify(password, hash).catch(() => false);
}
