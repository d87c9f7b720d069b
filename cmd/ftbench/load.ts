// Compares servers under load: in each round each server is driven once, by the same number of clients.

import { drive, type Drive, type DriveResult, type Latency, summarizeLatencies } from "./drive.ts";
import { findListeners, readUsage } from "./procfs.ts";
import { getMedian, getPairedRatio, getSpread } from "./statistics.ts";
import type { WireProtocol } from "./wire-protocol.ts";

/** The result of one server: medians over the rounds, times in seconds, memory in bytes. */
export interface LoadRow extends Latency {
  readonly name: string;
  readonly clients: number;
  /** Transfers a second in each round. */
  readonly rates: readonly number[];
  readonly rate: number;
  readonly spread: number;
  /** The rate of our server divided by the rate of this one. */
  readonly ratio: number;
  /** The processor time of the server for one transfer. */
  readonly serverCpu: number;
  readonly serverMemory: number;
  readonly failures: number;
  readonly problem: string | undefined;
}

/** One server, and its rounds. */
interface Candidate {
  readonly protocol: WireProtocol;
  readonly servers: readonly number[];
  readonly rounds: (DriveResult & { readonly cpu: number })[];
}

/** The first protocol is that of our server. */
export async function measureLoad(
  protocols: readonly WireProtocol[],
  options: Omit<Drive, "protocol">,
  clients: number,
  rounds: number,
): Promise<LoadRow[]> {
  const candidates: Candidate[] = protocols.map((protocol) => ({
    protocol,
    servers: findListeners(protocol.port),
    rounds: [],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const { protocol, servers, rounds: results } of candidates) {
      const before = readUsage(servers).cpu;
      const result = await drive({ ...options, protocol }, clients);
      results.push({ ...result, cpu: readUsage(servers).cpu - before });
    }
  }
  const ours = getRates(candidates[0]);
  return candidates.map((candidate) => createRow(candidate, clients, ours));
}

function createRow(candidate: Candidate, clients: number, ours: readonly number[]): LoadRow {
  const { protocol, servers, rounds } = candidate;
  const latencies = rounds.flatMap((round) => round.latencies);
  const rates = getRates(candidate);
  return {
    name: protocol.name,
    clients,
    rates,
    rate: getMedian(rates),
    spread: getSpread(rates),
    ratio: getPairedRatio(ours, rates),
    ...summarizeLatencies(latencies),
    serverCpu: rounds.reduce((sum, { cpu }) => sum + cpu, 0) / latencies.length,
    serverMemory: readUsage(servers).memory,
    failures: rounds.reduce((sum, { failures }) => sum + failures, 0),
    problem: rounds.find(({ problem }) => problem)?.problem,
  };
}

function getRates(candidate: Candidate | undefined): number[] {
  return (candidate?.rounds ?? []).map(({ latencies, seconds }) => latencies.length / seconds);
}
