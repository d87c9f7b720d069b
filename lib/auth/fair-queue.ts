// Runs jobs one at a time, so that the flood of one source delays the jobs of the others as little as possible.

import { replyFailure } from "../errors.ts";

/** One job that waits for its turn. */
interface PendingJob {
  readonly source: string;
  readonly run: () => Promise<void>;
  readonly reject: (reason: Error) => void;
  readonly timer: Timer;
}

/** The jobs of one source, the oldest first. `rank` grows with each job that was run: the lowest rank goes first. */
interface Lane {
  rank: number;
  readonly jobs: PendingJob[];
}

/** Jobs that may wait for one source, and in all: as many as there are clients by default. One more, and the last in turn is refused. */
const MAX_PER_SOURCE = 64;
const MAX_PENDING = 2000;

/** How long a job may wait, in ms: its client has given up then, or will soon. */
const MAX_WAIT = 30_000;

/**
 * Twenty checks of a password at once would delay the listing of another client from 1 ms to 0.3 s, since both use the same
 * threads; one at a time delays nobody, and bounds memory too. Sources take turns. Among equals, and within a source, the
 * newest goes first: in a flood the oldest have waited too long already, so a client that comes now is served.
 */
export class FairQueue {
  /** In the order in which the sources came. */
  readonly #lanes = new Map<string, Lane>();
  #pending = 0;
  #isBusy = false;

  /**
   * Resolves or rejects as `job` does. A source with a higher `rank` waits for those with a lower one. Rejects with a
   * `Failure` of code 421 if too many wait, or after a time.
   */
  run<T>(source: string, rank: number, job: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = () => job().then(resolve, reject);
      const timer = setTimeout(() => this.#refuse(pending), MAX_WAIT);
      const pending: PendingJob = { source, run, reject, timer };
      this.#add(pending, rank);
      if (!this.#isBusy) void this.#work();
    });
  }

  #add(job: PendingJob, rank: number): void {
    const lane = this.#lanes.get(job.source) ?? { rank, jobs: [] };
    this.#lanes.set(job.source, lane);
    lane.jobs.push(job);
    this.#pending++;
    if (lane.jobs.length > MAX_PER_SOURCE) this.#refuse(lane.jobs[0]);
    else if (this.#pending > MAX_PENDING) this.#refuse(this.#findLast());
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let job; (job = this.#next());) await job.run();
    this.#isBusy = false;
  }

  /** The newest job of the source whose turn it is: that of the lowest rank, and the newest of these. */
  #next(): PendingJob | undefined {
    let best: Lane | undefined;
    for (const lane of this.#lanes.values()) if (!best || lane.rank <= best.rank) best = lane;
    const job = best?.jobs.at(-1);
    if (!best || !job) return undefined;
    best.rank++;
    this.#remove(job);
    return job;
  }

  /** The oldest job of the source that would be the last to have its turn. */
  #findLast(): PendingJob | undefined {
    let worst: Lane | undefined;
    for (const lane of this.#lanes.values()) if (!worst || lane.rank > worst.rank) worst = lane;
    return worst?.jobs[0];
  }

  #refuse(job: PendingJob | undefined): void {
    if (!job) return;
    this.#remove(job);
    job.reject(replyFailure(421, "Too many logins at once: try again later."));
  }

  #remove(job: PendingJob): void {
    clearTimeout(job.timer);
    const lane = this.#lanes.get(job.source);
    const index = lane?.jobs.indexOf(job) ?? -1;
    if (!lane || index < 0) return;
    lane.jobs.splice(index, 1);
    this.#pending--;
    if (lane.jobs.length === 0) this.#lanes.delete(job.source);
  }
}
