// Compares whole processes: in each round each client runs once, so that a slow minute of the machine affects all of them.

import { mkdirSync, rmSync } from "node:fs";
import { type Competitor, fillCommand } from "./competitor.ts";
import type { Environment } from "./environment.ts";
import type { BenchmarkOptions } from "./options.ts";
import { type Cost, measureCost, measurePeakMemory, WorkFailed } from "./process.ts";
import { findListeners, readUsage, resetPeak } from "./procfs.ts";
import { getMedian, getPairedRatio, getSpread } from "./statistics.ts";
import type { Work } from "./work.ts";

/** The result of one client: medians of seconds over the rounds, and bytes of memory from a run of its own. */
export interface ProcessRow {
  readonly work: string;
  readonly amount: number;
  readonly name: string;
  readonly runs: readonly number[];
  readonly seconds: number;
  readonly spread: number;
  /** The time of this client divided by the time of ours. */
  readonly ratio: number;
  readonly cpu: number;
  readonly memory: number;
  /** The mean of its server's processor time. Undefined if the port of its server is not known. */
  readonly serverCpu: number | undefined;
  readonly serverMemory: number | undefined;
}

/** Something that could not be measured, and why. */
export interface FailedWork {
  readonly work: string;
  readonly name: string;
  readonly why: string;
}

/** A server that forks knows the processor time of its child only after it has waited for it: so long after the client's end, in ms. */
const REAP_TIME = 200;

/** One client, and what was measured of it. */
interface Candidate {
  readonly competitor: Competitor;
  readonly servers: readonly number[];
  readonly runs: (Cost & { readonly serverCpu: number })[];
  memory: number;
  serverMemory: number;
}

/** Runs the rounds, after one that checks the result and measures memory. The first competitor is ours. */
export async function compare(
  environment: Environment,
  work: Work,
  competitors: readonly Competitor[],
  options: BenchmarkOptions,
): Promise<{ rows: ProcessRow[]; failed: FailedWork[] }> {
  const sink = work.output === "file" ? options.sink : undefined;
  const failed: FailedWork[] = [];
  let candidates = competitors.map(createCandidate);
  await runEach(warmUp);
  for (let round = 0; round < options.rounds; round++) await runEach(measure);
  const ours = candidates.find(({ competitor }) => competitor === competitors[0])?.runs ?? [];
  return { rows: candidates.map((candidate) => createRow(work, candidate, ours)), failed };

  /** A candidate that fails takes no part in later rounds. */
  async function runEach(step: (candidate: Candidate) => Promise<void>): Promise<void> {
    for (const candidate of [...candidates]) {
      try {
        await step(candidate);
      } catch (error) {
        if (!(error instanceof WorkFailed)) throw error;
        failed.push({ work: work.label, name: candidate.competitor.name, why: error.message });
        candidates = candidates.filter((other) => other !== candidate);
      }
    }
  }

  async function warmUp(candidate: Candidate): Promise<void> {
    const { servers } = candidate;
    const before = readUsage(servers).memory;
    resetPeak(servers);
    await runOnce(candidate, async (command, stdout, out) => {
      candidate.memory = await measurePeakMemory(command, stdout, options);
      candidate.serverMemory = readUsage(servers).peak - before;
      if (sink === undefined) await work.check(out);
    });
  }

  async function measure(candidate: Candidate): Promise<void> {
    const { servers, runs } = candidate;
    const before = readUsage(servers).cpu;
    await runOnce(candidate, async (command, stdout) => {
      const cost = await measureCost(command, stdout, options);
      if (servers.length > 0) await Bun.sleep(REAP_TIME);
      runs.push({ ...cost, serverCpu: readUsage(servers).cpu - before });
    });
  }

  /** The output is removed at once: its way to the disk would slow down the next client. */
  async function runOnce(
    { competitor }: Candidate,
    run: (command: string[], stdout: string, out: string) => Promise<void>,
  ): Promise<void> {
    const path = environment.getOutputPath(competitor.name);
    const out = sink ?? path;
    const command = fillCommand(competitor, { ...work.values, out });
    const remove = () => rmSync(path, { recursive: true, force: true });
    remove();
    if (work.output === "directory") mkdirSync(path);
    await run(command, work.output === "stdout" ? out : "/dev/null", out);
    remove();
  }
}

function createCandidate(competitor: Competitor): Candidate {
  const servers = competitor.port === undefined ? [] : findListeners(competitor.port);
  return { competitor, servers, runs: [], memory: 0, serverMemory: 0 };
}

function createRow(work: Work, candidate: Candidate, ours: Candidate["runs"]): ProcessRow {
  const { competitor, servers, runs, memory, serverMemory } = candidate;
  const seconds = runs.map((run) => run.seconds);
  const serverCpu = runs.reduce((sum, run) => sum + run.serverCpu, 0) / runs.length;
  return {
    work: work.label,
    amount: work.amount,
    name: competitor.name,
    runs: seconds,
    seconds: getMedian(seconds),
    spread: getSpread(seconds),
    ratio: getPairedRatio(
      seconds,
      ours.map((run) => run.seconds),
    ),
    cpu: getMedian(runs.map((run) => run.cpu)),
    memory,
    serverCpu: servers.length > 0 ? serverCpu : undefined,
    serverMemory: servers.length > 0 ? serverMemory : undefined,
  };
}
