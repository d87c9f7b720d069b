// Whole processes side by side: round after round, each contender once, so that a slow minute of the machine meets all of them.

import { rmSync } from "node:fs";
import type { Environment } from "./environment.ts";
import { commandOf, type Competitor } from "./competitor.ts";
import { type Bounds, peakMemory, timed, Unfit } from "./process.ts";
import { median, pairedRatio, spread } from "./statistics.ts";
import { listenersOn, resetPeak, usageOf } from "./usage.ts";

/** One piece of work: what fills the templates, where the result goes, and how it is known to be right. */
export interface Work {
  readonly label: string;
  /** The size in bytes, or the number of names. */
  readonly amount: number;
  readonly values: Readonly<Record<string, string>>;
  /** The client writes its standard output to `out`, rather than a file of that name. */
  readonly listing: boolean;
  /** Throws `Unfit` where `out` does not hold the right thing. */
  check(out: string): Promise<void>;
}

/** Seconds and bytes, each a median over the rounds; memory is from a run of its own. `ratio` is this one's time over ours. */
export interface Row {
  readonly work: string;
  readonly amount: number;
  readonly name: string;
  readonly runs: readonly number[];
  readonly seconds: number;
  readonly spread: number;
  readonly ratio: number;
  readonly cpu: number;
  readonly memory: number;
  readonly serverCpu: number | undefined;
  readonly serverMemory: number | undefined;
}

/** A contender that could not do the work, and why. */
export interface Loss {
  readonly work: string;
  readonly name: string;
  readonly why: string;
}

/** A server that forks knows what its child cost only when it has buried it: this long after the client's end, in ms. */
const REAP = 200;

interface Entry {
  readonly contender: Competitor;
  readonly servers: readonly number[];
  readonly seconds: number[];
  readonly cpu: number[];
  readonly serverCpu: number[];
  memory: number;
  serverMemory: number;
}

/** Runs `rounds` rounds of the work, after one that warms up, checks what came and looks at memory. */
export async function compare(
  bed: Environment,
  work: Work,
  contenders: readonly Competitor[],
  { rounds, sink, ...bounds }: Bounds & { rounds: number; sink: string | undefined },
): Promise<{ rows: Row[]; losses: Loss[] }> {
  const losses: Loss[] = [];
  let entries: Entry[] = contenders.map((contender) => ({
    contender,
    servers: contender.port === undefined ? [] : listenersOn(contender.port),
    seconds: [],
    cpu: [],
    serverCpu: [],
    memory: 0,
    serverMemory: 0,
  }));
  await each(warmUp);
  for (let round = 0; round < rounds; round++) await each(measure);
  const ours = entries.find(({ contender }) => contender === contenders[0]);
  return { rows: entries.map((entry) => row(work, entry, ours)), losses };

  /** Does something for each contender that is still in the race; who fails is out. */
  async function each(step: (entry: Entry) => Promise<void>): Promise<void> {
    for (const entry of [...entries]) {
      const { name } = entry.contender;
      try {
        await step(entry);
      } catch (error) {
        if (!(error instanceof Unfit)) throw error;
        losses.push({ work: work.label, name, why: error.message });
        entries = entries.filter((other) => other !== entry);
      }
    }
  }

  async function warmUp(entry: Entry): Promise<void> {
    const { command, out, stdout } = prepare(entry);
    const before = usageOf(entry.servers).memory;
    resetPeak(entry.servers);
    entry.memory = await peakMemory(command, stdout, bounds);
    entry.serverMemory = usageOf(entry.servers).peak - before;
    if (sink === undefined) await work.check(out);
    remove(entry);
  }

  async function measure(entry: Entry): Promise<void> {
    const { command, stdout } = prepare(entry);
    const before = usageOf(entry.servers).cpu;
    const cost = await timed(command, stdout, bounds);
    entry.seconds.push(cost.seconds);
    entry.cpu.push(cost.cpu);
    remove(entry);
    if (entry.servers.length > 0) await Bun.sleep(REAP);
    entry.serverCpu.push(usageOf(entry.servers).cpu - before);
  }

  /** At once: on its way to the disk it would slow down whoever comes next. */
  function remove({ contender }: Entry): void {
    rmSync(bed.out(contender.name), { force: true });
  }

  function prepare(entry: Entry) {
    const { contender } = entry;
    const path = bed.out(contender.name);
    remove(entry);
    const out = sink ?? path;
    const command = commandOf(contender, { ...work.values, out });
    return { command, out, stdout: work.listing ? out : "/dev/null" };
  }
}

function row(work: Work, entry: Entry, ours: Entry | undefined): Row {
  const { contender, servers, seconds, cpu, serverCpu, memory, serverMemory } = entry;
  return {
    work: work.label,
    amount: work.amount,
    name: contender.name,
    runs: seconds,
    seconds: median(seconds),
    spread: spread(seconds),
    ratio: pairedRatio(seconds, ours?.seconds ?? []),
    cpu: median(cpu),
    memory,
    serverCpu:
      servers.length > 0 ? serverCpu.reduce((a, b) => a + b, 0) / serverCpu.length : undefined,
    serverMemory: servers.length > 0 ? serverMemory : undefined,
  };
}
