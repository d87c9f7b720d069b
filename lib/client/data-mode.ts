// Which end opens Q: the server, or, if that fails and the user has not chosen, the client (PASV).

import { Failure, type FailureCode, type FailureKind } from "../errors.ts";
import { appendSentence } from "../text.ts";

/** Q cannot be opened from one end. `port` is the port that was to be reached, if there is one. */
export class NoDataConnection extends Failure {
  /** `advice` says what to do if Q is not tried from the other end. */
  constructor(
    kind: FailureKind,
    readonly reason: string,
    advice: string,
    readonly port?: number,
    code?: FailureCode,
  ) {
    super(kind, advice === "" ? reason : appendSentence(reason, advice), code);
  }
}

/**
 * How long a Q that the server opens may take before the client opens one, in ms: it is due within a round trip, and in this
 * time TCP sends a lost SYN three times (after 0, 1 and 3 s).
 */
const ARRIVAL_TIMEOUT = 4000;

/** What the user has chosen, and what was found out. All sessions of a program share it, so that only the first one has to wait. */
export class DataMode {
  /** Why the server cannot open Q. */
  #failure: NoDataConnection | undefined;

  /** Without a `choice` the server opens Q if it can; if it cannot, `onFallback` gets a sentence once. */
  constructor(
    private readonly choice?: "active" | "passive",
    private readonly onFallback: (sentence: string) => void = () => {},
    private readonly arrivalTimeout = ARRIVAL_TIMEOUT,
  ) {}

  /** True if the client opens Q. */
  get isPassive(): boolean {
    return this.choice === "passive" || this.#failure !== undefined;
  }

  /** How long to wait for Q from the server before the client opens one, in ms and at most `timeout`; undefined if it never does. */
  limitArrival(timeout: number): number | undefined {
    return this.choice === undefined ? Math.min(timeout, this.arrivalTimeout) : undefined;
  }

  /** Runs `work`, which opens a session. If the server cannot open Q and the user has left the choice, runs it again, passively. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isPassive) return await this.#runPassively(work);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NoDataConnection) || this.choice !== undefined) throw error;
      const sentence = `The server cannot open the data connection to port ${error.port} of this host, so this host opens it (--passive does so at once).`;
      if (!this.#failure) this.onFallback(sentence);
      this.#failure ??= error;
    }
    return await this.#runPassively(work);
  }

  /** If Q can be opened from neither end, the message names both ports. */
  async #runPassively<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!this.#failure || !(error instanceof NoDataConnection)) throw error;
      const both = appendSentence(this.#failure.reason, error.reason);
      const own = `the server's connections to port ${this.#failure.port} of this host (choose it as DATA_PORT)`;
      const advice =
        error.port === undefined
          ? `Let ${own} in.`
          : `Let one of them in: ${own}, or yours to port ${error.port} of the server (its operator chooses it with ftserver --passive-ports).`;
      throw new Failure(error.kind, appendSentence(both, advice), error.code);
    }
  }
}
