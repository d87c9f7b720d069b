// Decides who may give a command: checks a name and a password, and makes guessing slow.

import { type Failure, replyFailure } from "../errors.ts";
import { type Endpoint, isSameHost } from "../net/address.ts";
import { clientSource } from "../net/client-source.ts";
import { FairQueue } from "./fair-queue.ts";
import { LoginThrottle, refusalDelay } from "./login-throttle.ts";
import { HASH_COST, MAX_PASSWORD_BYTES, type UserStore } from "./users.ts";

/** Wrong passwords on one connection before it is closed: a person mistypes twice. */
export const MAX_ATTEMPTS = 3;

/** The longest delay of a refusal, in ms: shorter than the time for a command, so that the reply still arrives. */
const MAX_DELAY = 8000;

/** Sources that are remembered after a right password; one more, and the one that was away for longest is forgotten. */
const MAX_KNOWN = 1000;

/** What a login needs from outside. */
export interface LoginHooks {
  /** Called if the user file has become unusable: nobody can log in then, and only the operator may know why. */
  readonly onStoreError: (error: unknown) => void;
  /** Delays a refusal by so many ms; a test can put another function here. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** True if only clients on this host may log in, because others would send the password in the clear. */
  readonly isLocalOnly?: boolean;
}

/** Checks logins. An unknown user and a wrong password take the same time and get the same reply. */
export class Login {
  readonly #queue = new FairQueue();
  /** Sources from which somebody has logged in: in a flood they go before strangers, unless they guess too. */
  readonly #known = new Set<string>();

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

  /** Throws a `Failure` of kind `usage` if the user file, which is read whenever it has changed, cannot be used now. */
  checkUsers(): void {
    this.users.findHash("");
  }

  /** True if only clients on this host may log in. */
  get isLocalOnly(): boolean {
    return this.hooks.isLocalOnly === true;
  }

  /** Why the client may not send a password over this connection; undefined if it may. It is asked before the password comes. */
  findClearFault(local: Endpoint, remote: Endpoint): Failure | undefined {
    if (!this.isLocalOnly || isSameHost(local, remote)) return undefined;
    return replyFailure(530, "This server takes passwords from other hosts only over TLS.");
  }

  /** Why nobody of the client's source may try at present; undefined if they may. */
  findBlock(address: string): Failure | undefined {
    return blockFailure(this.throttle.getBlock(address));
  }

  /**
   * True if the password is the user's. A refusal comes late, and later each time for the same source. Throws a `Failure`
   * of code 421 if the source has to wait.
   */
  async check(name: string, password: string, address: string): Promise<boolean> {
    const hash = this.#findHash(name);
    const source = clientSource(address);
    const rank = this.throttle.countRecent(address) - (this.#known.has(source) ? 1 : 0);
    const attempt = () => this.#attempt(password, hash, address);
    const failures = await this.#queue.run(source, rank, attempt);
    if (failures === 0) return (this.#remember(source), true);
    await (this.hooks.sleep ?? Bun.sleep)(Math.min(MAX_DELAY, refusalDelay(failures)));
    return false;
  }

  /** Returns 0 if the password is right, or else how often the source has failed lately. */
  async #attempt(password: string, hash: string | undefined, address: string): Promise<number> {
    const block = blockFailure(this.throttle.beginAttempt(address));
    if (block) throw block;
    const isMatch = await verify(password, hash ?? this.dummyHash);
    if (!isMatch || hash === undefined) return this.throttle.countFailure(address);
    this.throttle.endAttempt();
    return 0;
  }

  #remember(source: string): void {
    this.#known.delete(source);
    this.#known.add(source);
    const [oldest] = this.#known;
    if (this.#known.size > MAX_KNOWN && oldest) this.#known.delete(oldest);
  }

  #findHash(name: string): string | undefined {
    try {
      return this.users.findHash(name);
    } catch (error) {
      this.hooks.onStoreError(error);
      throw replyFailure(421, "Nobody can log in at present: try again later.");
    }
  }
}

/** No password matches a hash that cannot be read; the user store refuses such a line before it comes here. */
async function verify(password: string, hash: string): Promise<boolean> {
  const candidate = Buffer.byteLength(password) > MAX_PASSWORD_BYTES ? "" : password;
  return await Bun.password.verify(candidate, hash).catch(() => false);
}

function blockFailure(seconds: number): Failure | undefined {
  if (seconds === 0) return undefined;
  const sentence = `Too many wrong passwords came from your address: try again in ${seconds} s.`;
  return replyFailure(421, sentence);
}
