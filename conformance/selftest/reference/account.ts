// The one user of an honest server: a name, and a hash that costs some time to compare with.

/** Enough work to be seen beside a machine's own moods, and far less than a person notices. */
const COST = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 3 } as const;

export class Account {
  readonly hash: Promise<string>;
  /** Compared with where there is no such user, so that this costs the same. */
  readonly dummy: Promise<string>;

  constructor(
    readonly user: string,
    password: string,
  ) {
    this.hash = Bun.password.hash(password, COST);
    this.dummy = Bun.password.hash(crypto.randomUUID(), COST);
  }

  /** Once there is something to compare with. */
  get ready(): Promise<unknown> {
    return Promise.all([this.hash, this.dummy]);
  }

  async admits(user: string, password: string): Promise<boolean> {
    const known = user === this.user;
    return (await Bun.password.verify(password, await (known ? this.hash : this.dummy))) && known;
  }
}
