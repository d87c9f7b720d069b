// Does the same work on many items, several at one time, and finds out how many that should be.

/** How many items are worked on at first. */
const FIRST_JOBS = 4;

/** How often one more job can be started, in ms: long enough to see what the last one has changed. */
const GROWTH_INTERVAL = 100;

/** One more job is started only while this process needs less than this share of a processor: otherwise it would only wait for it. */
const BUSY_SHARE = 0.5;

/** The work on one item, which never rejects. False if there was no room for one more at this time. */
type Work<Item> = (item: Item) => Promise<boolean>;

/** Takes the items one by one, so that there may be any number of them. */
export class JobPool<Item> {
  readonly #returned: Item[] = [];
  #limit: number;
  #mayGrow: boolean;
  #running = 0;
  #isStopped = false;
  readonly #end = Promise.withResolvers<void>();
  #lastGrowth = performance.now();
  #lastUsage = process.cpuUsage();

  /** `jobs` is how many items are worked on at one time; if it is undefined, the pool chooses, up to `most`. */
  constructor(
    private readonly items: Iterator<Item>,
    private readonly work: Work<Item>,
    jobs: number | undefined,
    private readonly most: number,
  ) {
    this.#limit = jobs ?? Math.min(FIRST_JOBS, most);
    this.#mayGrow = jobs === undefined;
  }

  /** Items that are worked on now. */
  get running(): number {
    return this.#running;
  }

  /** Resolves when all items are done, or when those that were begun before `stop` are. */
  async run(): Promise<void> {
    this.#start();
    await this.#end.promise;
  }

  /** Begins no more items. */
  stop(): void {
    this.#isStopped = true;
  }

  #start(): void {
    for (let item; this.#running < this.#limit && (item = this.#next()) !== undefined;)
      void this.#workOn(item);
    if (this.#running === 0) this.#end.resolve();
  }

  async #workOn(item: Item): Promise<void> {
    this.#running++;
    const isDone = await this.work(item);
    this.#running--;
    if (isDone) this.#grow();
    else {
      this.#returned.push(item);
      this.#limit = Math.max(1, this.#running);
      this.#mayGrow = false;
    }
    this.#start();
  }

  #next(): Item | undefined {
    if (this.#isStopped) return undefined;
    return this.#returned.pop() ?? this.items.next().value;
  }

  /** Items that end while this process mostly waits are small, and the way is long: then more of them can be on it. */
  #grow(): void {
    const now = performance.now();
    const time = now - this.#lastGrowth;
    if (!this.#mayGrow || this.#limit >= this.most || time < GROWTH_INTERVAL) return;
    const { user, system } = process.cpuUsage(this.#lastUsage);
    this.#lastGrowth = now;
    this.#lastUsage = process.cpuUsage();
    if ((user + system) / 1000 < BUSY_SHARE * time) this.#limit++;
  }
}
