// Many clients at once, each fetching again and again for a while.

import { type WireProtocol, fetchOnce } from "./fetch.ts";
import type { PortPool } from "./port-pool.ts";

/** The longest that one transfer may take, in ms: what needs more has failed. */
const PATIENCE = 10_000;

/** What came of one lap: whole transfers in `seconds`, how long each took in ms, how many failed, and why the first of them did. */
export interface Lap {
  readonly seconds: number;
  readonly latencies: readonly number[];
  readonly failures: number;
  readonly problem: string | undefined;
}

/** How many clients, and for how long. */
export interface Pressure {
  readonly clients: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Drives `clients` at once for `seconds`. A failure is counted, and never as a transfer: no server is faster for refusing. */
export async function drive(
  dialect: WireProtocol,
  size: number,
  ports: PortPool,
  { clients, seconds, signal }: Pressure,
): Promise<Lap> {
  const latencies: number[] = [];
  let failures = 0;
  let problem: string | undefined;
  const started = performance.now();
  const until = started + seconds * 1000;
  await Promise.all(Array.from({ length: clients }, client));
  signal.throwIfAborted();
  return { seconds: (performance.now() - started) / 1000, latencies, failures, problem };

  async function client(): Promise<void> {
    for (let now = performance.now(); now < until && !signal.aborted; now = performance.now()) {
      try {
        await fetchOnce(dialect, size, ports, PATIENCE);
        latencies.push(performance.now() - now);
      } catch (error) {
        failures++;
        problem ??= (error as Error).message;
        await Bun.sleep(1); // a server that refuses at once must not make this spin
      }
    }
  }
}
