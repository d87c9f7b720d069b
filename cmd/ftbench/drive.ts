// Many clients at once, each of which fetches a file again and again for a while.

import type { PortPool } from "./port-pool.ts";
import { getQuantile } from "./statistics.ts";
import { fetchOnce } from "./transfer.ts";
import type { WireProtocol } from "./wire-protocol.ts";

/** The longest time for one transfer, in ms: one that takes longer has failed. */
const TRANSFER_TIMEOUT = 10_000;

/** The pause after a failure, in ms: a server that refuses at once must not make this a tight loop. */
const FAILURE_PAUSE = 1;

/** What to fetch, from which server, and for how long. */
export interface Drive {
  readonly protocol: WireProtocol;
  /** The size of the file, in bytes. */
  readonly size: number;
  readonly ports: PortPool;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** The transfers of one drive. A failed transfer counts as a failure only: refusing makes no server faster. */
export interface DriveResult {
  readonly seconds: number;
  /** How long each whole transfer took, in ms. */
  readonly latencies: readonly number[];
  readonly failures: number;
  /** Why the first failure happened. */
  readonly problem: string | undefined;
}

export async function drive(
  { protocol, size, ports, seconds, signal }: Drive,
  clients: number,
): Promise<DriveResult> {
  const latencies: number[] = [];
  let failures = 0;
  let problem: string | undefined;
  const started = performance.now();
  const end = started + seconds * 1000;
  await Promise.all(Array.from({ length: clients }, runClient));
  signal.throwIfAborted();
  return { seconds: (performance.now() - started) / 1000, latencies, failures, problem };

  async function runClient(): Promise<void> {
    for (let now = performance.now(); now < end && !signal.aborted; now = performance.now()) {
      try {
        await fetchOnce(protocol, size, ports, TRANSFER_TIMEOUT);
        latencies.push(performance.now() - now);
      } catch (error) {
        failures++;
        problem ??= (error as Error).message;
        await Bun.sleep(FAILURE_PAUSE);
      }
    }
  }
}

/** Seconds of one transfer: the median and the 99th percentile. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

export function summarizeLatencies(ms: readonly number[]): Latency {
  return { p50: getQuantile(ms, 0.5) / 1000, p99: getQuantile(ms, 0.99) / 1000 };
}
