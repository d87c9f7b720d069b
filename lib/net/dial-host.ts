// Connects to a host by its name: one of its addresses that does not answer costs a fraction of a second (RFC 8305).

import { Failure } from "../errors.ts";
import type { Endpoint } from "./address.ts";
import type { Connection } from "./connection.ts";
import { lookUp, unknownHost } from "./resolver.ts";
import { dial, timeoutFailure } from "./socket.ts";

/** How long an address is tried alone before the next one, in ms: the delay that RFC 8305, section 5, recommends. */
const ATTEMPT_DELAY = 250;

/**
 * Looks the host up, and connects to the address that answers first. `ms` milliseconds are the limit of both together.
 * Throws a `Failure` of kind `connect` or `timeout`, or the reason of `signal`.
 */
export async function dialHost(
  host: string,
  port: number,
  ms: number,
  signal?: AbortSignal,
): Promise<Connection> {
  signal?.throwIfAborted();
  const attempts = new Attempts(port, ms);
  const onAbort = () => attempts.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  const timer = setTimeout(() => attempts.abort(attempts.first ?? lookupTimeout(host, ms)), ms);
  try {
    void lookUp(host, (addresses) => attempts.add(addresses)).finally(() => attempts.close(host));
    return await attempts.winner;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    attempts.abort(lookupTimeout(host, ms)); // those that have not answered yet
  }
}

/** Takes the two families in turn, beginning with that of the first address: if one is cut off, the next attempt is not lost on it. */
export function interleaveFamilies(addresses: readonly string[]): string[] {
  const isV6 = (address: string) => address.includes(":");
  const first = addresses.filter((address) => isV6(address) === isV6(addresses[0] ?? ""));
  const second = addresses.filter((address) => !first.includes(address));
  const pairs = addresses.map((_, index) => [first[index], second[index]]);
  return pairs.flat().filter((address) => address !== undefined);
}

/** Tries each address when the one before it has failed, or has not answered for `ATTEMPT_DELAY`. */
class Attempts {
  readonly #winner = Promise.withResolvers<Connection>();
  readonly #end = new AbortController();
  #waiting: string[] = [];
  #pending = 0;
  #isComplete = false;
  #timer: Timer | undefined;
  #failure: Error | undefined;
  /** The failure of the first address after the whole time. */
  first: Failure | undefined;

  constructor(
    private readonly port: number,
    private readonly ms: number,
  ) {}

  /** The first connection. Rejects with the last failure if all have failed. */
  get winner(): Promise<Connection> {
    return this.#winner.promise;
  }

  add(addresses: readonly string[]): void {
    this.#waiting = interleaveFamilies([...this.#waiting, ...addresses]);
    if (this.#timer === undefined) this.#tryNext();
  }

  /** No more addresses will come. */
  close(host: string): void {
    this.#isComplete = true;
    this.#failure ??= this.first ? undefined : unknownHost(host);
    this.#rejectIfLost();
  }

  abort(reason: Error): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#end.abort(reason);
    this.#winner.reject(reason);
  }

  #tryNext(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const address = this.#waiting.shift();
    if (address === undefined || this.#end.signal.aborted) return this.#rejectIfLost();
    const to: Endpoint = { address, port: this.port };
    this.first ??= timeoutFailure(to, this.ms);
    this.#pending++;
    this.#timer = setTimeout(() => this.#tryNext(), ATTEMPT_DELAY);
    dial(to, this.ms, { signal: this.#end.signal }).then(
      (connection) => this.#onConnection(connection),
      (error) => this.#onFailure(error),
    );
  }

  #onConnection(connection: Connection): void {
    if (this.#end.signal.aborted) return connection.close(); // two answered at the same time
    this.#winner.resolve(connection);
    this.#end.abort();
  }

  #onFailure(error: Error): void {
    this.#pending--;
    this.#failure = error;
    this.#tryNext();
  }

  #rejectIfLost(): void {
    const isLost = this.#isComplete && this.#pending === 0 && this.#waiting.length === 0;
    if (isLost && this.#failure) this.#winner.reject(this.#failure);
  }
}

function lookupTimeout(host: string, ms: number): Failure {
  const what = `The address of the host ${JSON.stringify(host)} was not found within ${ms / 1000} s`;
  return new Failure("timeout", `${what}: the name server does not answer.`);
}
