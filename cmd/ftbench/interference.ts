// What one client notices of the others: a crowd that only waits, and a few that fetch large files.

import { commandOf, type Competitor } from "./competitor.ts";
import type { WireProtocol } from "./fetch.ts";
import { drive } from "./drive.ts";
import type { PortPool } from "./port-pool.ts";
import { Unfit } from "./process.ts";
import { quantile } from "./statistics.ts";
import { usageOf } from "./usage.ts";

/** Connections opened at a time: as many as a listener's queue surely holds. */
const BATCH = 100;

/** What one client needs for a transfer. */
export interface InterferenceRow {
  readonly label: string;
  /** Seconds of one transfer: the median and the 99th percentile, alone and beside the others. */
  readonly alone: { readonly p50: number; readonly p99: number };
  readonly beside: { readonly p50: number; readonly p99: number };
  /** Bytes of the server for each of the others. */
  readonly memory: number | undefined;
}

interface Bench {
  readonly dialect: WireProtocol;
  readonly size: number;
  readonly ports: PortPool;
  readonly server: number;
  /** Of one lap. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Measures beside `count` clients that have connected and say nothing. Throws `Unfit` where they are not let in. */
export async function measureBesideIdle(bench: Bench, count: number): Promise<InterferenceRow> {
  const alone = await lap(bench);
  const before = usageOf([bench.server]).memory;
  const sockets: { end(): void }[] = [];
  let refused = 0;
  try {
    while (sockets.length < count) {
      const batch = Array.from({ length: Math.min(BATCH, count - sockets.length) }, () =>
        connect(),
      );
      sockets.push(...(await Promise.all(batch)));
    }
    const memory = (usageOf([bench.server]).memory - before) / count;
    const beside = await lap(bench);
    if (refused > 0) throw new Unfit(`${refused} of ${count} idle clients were not let in.`);
    return { label: `${count} idle clients`, alone, beside, memory };
  } finally {
    for (const socket of sockets) socket.end();
  }

  function connect() {
    const socket = { data: () => void refused++, close() {}, connectError() {} };
    return Bun.connect({ hostname: "127.0.0.1", port: bench.dialect.port, socket });
  }
}

/** Measures beside `count` whole clients that fetch one file again and again. */
export async function measureBesideBulk(
  bench: Bench,
  count: number,
  client: Competitor,
  values: Readonly<Record<string, string>>,
): Promise<InterferenceRow> {
  const alone = await lap(bench);
  const command = commandOf(client, { ...values, out: "/dev/null" });
  let over = false;
  const children = new Set<Bun.Subprocess>();
  const others = Promise.all(Array.from({ length: count }, fetchAgain));
  await Bun.sleep(200); // until all of them are at work
  const beside = await lap(bench).finally(() => {
    over = true;
    for (const child of children) child.kill("SIGKILL");
  });
  await others;
  return {
    label: `${count} clients that fetch ${values["file"]}`,
    alone,
    beside,
    memory: undefined,
  };

  async function fetchAgain(): Promise<void> {
    while (!over) {
      const child = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
      children.add(child);
      const status = await child.exited;
      children.delete(child);
      if (!over && status !== 0) throw new Unfit(`a client ended with status ${status}.`);
    }
  }
}

async function lap({ dialect, size, ports, seconds, signal }: Bench) {
  const { latencies, problem } = await drive(dialect, size, ports, {
    clients: 1,
    seconds,
    signal,
  });
  if (problem) throw new Unfit(problem);
  return { p50: quantile(latencies, 0.5) / 1000, p99: quantile(latencies, 0.99) / 1000 };
}
