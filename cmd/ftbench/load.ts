// Servers under load side by side: for each number of clients, lap after lap, each server once.

import type { WireProtocol } from "./fetch.ts";
import { drive, type Lap, type Pressure } from "./drive.ts";
import type { PortPool } from "./port-pool.ts";
import { median, pairedRatio, quantile, spread } from "./statistics.ts";
import { listenersOn, usageOf } from "./usage.ts";

/** Medians over the laps. `ratio` is our transfers a second over this one's; times are in seconds, memory in bytes. */
export interface LoadRow {
  readonly name: string;
  readonly clients: number;
  readonly rates: readonly number[];
  readonly rate: number;
  readonly spread: number;
  readonly ratio: number;
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the server for one transfer. */
  readonly serverCpu: number;
  readonly serverMemory: number;
  readonly failures: number;
  readonly problem: string | undefined;
}

interface Entry {
  readonly dialect: WireProtocol;
  readonly servers: readonly number[];
  readonly laps: (Lap & { readonly cpu: number })[];
}

/** Drives each server with `clients` at once, `rounds` laps of `seconds` each. The first is the one that the others are compared with. */
export async function measureLoad(
  dialects: readonly WireProtocol[],
  size: number,
  ports: PortPool,
  pressure: Pressure & { readonly rounds: number },
): Promise<LoadRow[]> {
  const entries: Entry[] = dialects.map((dialect) => ({
    dialect,
    servers: listenersOn(dialect.port),
    laps: [],
  }));
  for (let round = 0; round < pressure.rounds; round++) {
    for (const { dialect, servers, laps } of entries) {
      const before = usageOf(servers).cpu;
      const lap = await drive(dialect, size, ports, pressure);
      laps.push({ ...lap, cpu: usageOf(servers).cpu - before });
    }
  }
  const ours = rates(entries[0]);
  return entries.map((entry) => row(entry, pressure.clients, ours));
}

function row(entry: Entry, clients: number, ours: readonly number[]): LoadRow {
  const { dialect, servers, laps } = entry;
  const latencies = laps.flatMap((lap) => lap.latencies);
  const own = rates(entry);
  return {
    name: dialect.name,
    clients,
    rates: own,
    rate: median(own),
    spread: spread(own),
    ratio: pairedRatio(ours, own),
    p50: quantile(latencies, 0.5) / 1000,
    p99: quantile(latencies, 0.99) / 1000,
    serverCpu: laps.reduce((sum, { cpu }) => sum + cpu, 0) / latencies.length,
    serverMemory: usageOf(servers).memory,
    failures: laps.reduce((sum, { failures }) => sum + failures, 0),
    problem: laps.find(({ problem }) => problem)?.problem,
  };
}

function rates(entry: Entry | undefined): number[] {
  return (entry?.laps ?? []).map(({ latencies, seconds }) => latencies.length / seconds);
}
