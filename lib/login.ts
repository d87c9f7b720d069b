// Who may give a command: a name and a password, and what guessing costs.

import { replyFailure } from "./errors.ts";
import { HASH_COST, LONGEST_PASSWORD, type UserStore } from "./users.ts";
import { Verifier } from "./verifier.ts";

/** Wrong passwords on one connection before it is closed: a person mistypes twice. */
export const MOST_TRIES = 3;

/** How long the first refusal is held back, in ms; each further one of the same address doubles it. */
const FIRST_DELAY = 500;

/** The longest that a refusal is held back, in ms: shorter than the time for a command, so that its reason still arrives. */
const LONGEST_DELAY = 8000;

/** How long an address is remembered after its last wrong password, in ms. */
const MEMORY = 10 * 60 * 1000;

/** Addresses remembered at most; of more, the one that has been quiet for longest is forgotten. */
const MOST_ADDRESSES = 10_000;

/** What a login needs from outside. */
export interface LoginHooks {
  /** Hears where the user file has become unusable: nobody can log in then, and only the operator may know why. */
  readonly trouble: (error: unknown) => void;
  /** How refusals are held back, in ms; by waiting, unless a test wants to see how long. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Checks logins. An unknown user and a wrong password cost the same time and end in the same words. */
export class Login implements Disposable {
  readonly #verifier = new Verifier();
  readonly #failures = new Map<string, { count: number; last: number }>();

  private constructor(
    private readonly users: UserStore,
    private readonly dummy: string,
    private readonly hooks: LoginHooks,
  ) {}

  static async open(users: UserStore, hooks: LoginHooks): Promise<Login> {
    return new Login(users, await Bun.password.hash(crypto.randomUUID(), HASH_COST), hooks);
  }

  /** True where the password is the user's. A refusal comes late, and later each time for the same address. */
  async check(name: string, password: string, address: string): Promise<boolean> {
    const hash = this.#hashOf(name);
    const candidate = Buffer.byteLength(password) > LONGEST_PASSWORD ? "" : password;
    const good = await this.#verifier.verify(
      { password: candidate, hash: hash ?? this.dummy },
      address,
    );
    if (good && hash !== undefined) return true;
    await (this.hooks.sleep ?? Bun.sleep)(this.#penalty(address));
    return false;
  }

  [Symbol.dispose](): void {
    this.#verifier[Symbol.dispose]();
  }

  #hashOf(name: string): string | undefined {
    try {
      return this.users.hashOf(name);
    } catch (error) {
      this.hooks.trouble(error);
      throw replyFailure(421, "Nobody can log in at present: try again later.");
    }
  }

  #penalty(address: string): number {
    const now = performance.now();
    const before = this.#failures.get(address);
    const count = before && now - before.last < MEMORY ? before.count + 1 : 1;
    // Taken out and put in again, an address moves to the young end of the map.
    this.#failures.delete(address);
    this.#failures.set(address, { count, last: now });
    if (this.#failures.size > MOST_ADDRESSES) {
      this.#failures.delete(this.#failures.keys().next().value ?? "");
    }
    return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (count - 1));
  }
}
