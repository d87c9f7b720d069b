// Decides who may give a command: checks a name and a password, and makes guessing slow.

import { replyFailure } from "../errors.ts";
import { LoginThrottle } from "./login-throttle.ts";
import { PasswordQueue } from "./password-queue.ts";
import { HASH_COST, MAX_PASSWORD_BYTES, type UserStore } from "./users.ts";

/** Wrong passwords on one connection before it is closed: a person mistypes twice. */
export const MAX_ATTEMPTS = 3;

/** How long the first refusal is delayed, in ms; each further one of the same address takes twice as long. */
const FIRST_DELAY = 500;

/** The longest delay of a refusal, in ms: shorter than the time for a command, so that the reply still arrives. */
const MAX_DELAY = 8000;

/** What a login needs from outside. */
export interface LoginHooks {
  /** Called if the user file has become unusable: nobody can log in then, and only the operator may know why. */
  readonly onStoreError: (error: unknown) => void;
  /** Delays a refusal by so many ms; a test can put another function here. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Checks logins. An unknown user and a wrong password take the same time and get the same reply. */
export class Login {
  readonly #queue = new PasswordQueue();

  private constructor(
    private readonly users: UserStore,
    private readonly dummyHash: string,
    private readonly hooks: LoginHooks,
    private readonly throttle: LoginThrottle,
  ) {}

  /** `throttle` is shared if several processes serve one port: guessing must not start anew at each of them. */
  static async open(
    users: UserStore,
    hooks: LoginHooks,
    throttle = new LoginThrottle(),
  ): Promise<Login> {
    const dummyHash = await Bun.password.hash(crypto.randomUUID(), HASH_COST);
    return new Login(users, dummyHash, hooks, throttle);
  }

  /** True if the password is the user's. A refusal comes late, and later each time for the same address. */
  async check(name: string, password: string, address: string): Promise<boolean> {
    const hash = this.#findHash(name);
    const candidate = Buffer.byteLength(password) > MAX_PASSWORD_BYTES ? "" : password;
    const isRight = await this.#queue.verify(candidate, hash ?? this.dummyHash, address);
    if (isRight && hash !== undefined) return true;
    await (this.hooks.sleep ?? Bun.sleep)(this.#countFailure(address));
    return false;
  }

  #findHash(name: string): string | undefined {
    try {
      return this.users.findHash(name);
    } catch (error) {
      this.hooks.onStoreError(error);
      throw replyFailure(421, "Nobody can log in at present: try again later.");
    }
  }

  /** Records the failure, and returns the delay for its reply in ms. */
  #countFailure(address: string): number {
    return Math.min(MAX_DELAY, FIRST_DELAY * 2 ** (this.throttle.countFailure(address) - 1));
  }
}
