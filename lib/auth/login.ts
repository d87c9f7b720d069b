// Who may give a command: a name and a password, and what guessing costs.

import { replyFailure } from "../errors.ts";
import { LoginThrottle } from "./login-throttle.ts";
import { HASH_COST, LONGEST_PASSWORD, type UserStore } from "./users.ts";
import { PasswordWorker } from "./password-worker.ts";

/** Wrong passwords on one connection before it is closed: a person mistypes twice. */
export const MOST_TRIES = 3;

/** How long the first refusal is held back, in ms; each further one of the same address doubles it. */
const FIRST_DELAY = 500;

/** The longest that a refusal is held back, in ms: shorter than the time for a command, so that its reason still arrives. */
const LONGEST_DELAY = 8000;

/** What a login needs from outside. */
export interface LoginHooks {
  /** Hears where the user file has become unusable: nobody can log in then, and only the operator may know why. */
  readonly trouble: (error: unknown) => void;
  /** How refusals are held back, in ms; by waiting, unless a test wants to see how long. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Checks logins. An unknown user and a wrong password cost the same time and end in the same words. */
export class Login implements Disposable {
  readonly #verifier = new PasswordWorker();

  private constructor(
    private readonly users: UserStore,
    private readonly dummy: string,
    private readonly hooks: LoginHooks,
    private readonly penalties: LoginThrottle,
  ) {}

  /** `penalties` are shared where several processes serve one port: who guesses shall not begin anew at each. */
  static async open(
    users: UserStore,
    hooks: LoginHooks,
    penalties = new LoginThrottle(),
  ): Promise<Login> {
    const dummy = await Bun.password.hash(crypto.randomUUID(), HASH_COST);
    return new Login(users, dummy, hooks, penalties);
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
    return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (this.penalties.count(address) - 1));
  }
}
