// The one user who may log in to the reference server, with the hash of the password.

/** Slow enough that a test can measure it, and too fast for a person to notice. */
const COST = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 3 } as const;

export class UserAccount {
  readonly hash: Promise<string>;
  /** An unknown name is checked against this hash, so that it takes the same time. */
  readonly dummyHash: Promise<string>;

  constructor(
    readonly user: string,
    password: string,
  ) {
    this.hash = Bun.password.hash(password, COST);
    this.dummyHash = Bun.password.hash(crypto.randomUUID(), COST);
  }

  async waitUntilReady(): Promise<void> {
    await Promise.all([this.hash, this.dummyHash]);
  }

  async accepts(user: string, password: string): Promise<boolean> {
    const isKnown = user === this.user;
    const hash = await (isKnown ? this.hash : this.dummyHash);
    return (await Bun.password.verify(password, hash)) && isKnown;
  }
}
