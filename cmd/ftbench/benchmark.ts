// Measures what the options ask for, one kind of work after the other.

import { join } from "node:path";
import { formatBytes } from "../cli/byte-size.ts";
import { compare, type FailedWork, type ProcessRow } from "./compare.ts";
import { fillCommand } from "./competitor.ts";
import type { Drive } from "./drive.ts";
import { Environment, OUR_GET, OUR_LIST, OUR_MANY } from "./environment.ts";
import {
  type BulkClient,
  type InterferenceRow,
  measureBulkInterference,
  measureIdleInterference,
} from "./interference.ts";
import { type LoadRow, measureLoad } from "./load.ts";
import type { BenchmarkOptions } from "./options.ts";
import { PortPool } from "./port-pool.ts";
import { WorkFailed } from "./process.ts";
import { createFtp, createHttp, createNative } from "./wire-protocol.ts";
import {
  createGetWork,
  createListWork,
  createManyWork,
  getServerValues,
  type Work,
} from "./work.ts";

/** Places for clients that are not idle. */
const SPARE_CLIENTS = 100;

/** Everything that was measured, as `--json` writes it. */
export interface Results {
  readonly processes: ProcessRow[];
  readonly load: LoadRow[];
  readonly interference: InterferenceRow[];
  readonly failed: FailedWork[];
}

/** Runs the benchmark, and tells `report` what it measures next. No file and no process of ours is left, whatever happens. */
export async function runBenchmark(
  options: BenchmarkOptions,
  report: (work: string) => void,
): Promise<Results> {
  const { rounds, seconds, signal, idle, bulk, cold, sizes } = options;
  const results: Results = { processes: [], load: [], interference: [], failed: [] };
  await using environment = new Environment(options.root);
  await environment.startServer(".", idle > 0 ? idle + SPARE_CLIENTS : 0);
  if (options.get)
    for (const size of sizes) await compareClients(createGetWork(environment, size), OUR_GET);
  if (options.load || idle + bulk > 0) await driveServers();
  if (options.list > 0) {
    const directory = environment.createDirectory(options.list);
    await environment.startServer(directory);
    await compareClients(createListWork(environment, directory, options.list), OUR_LIST);
  }
  if (options.many > 0) {
    const [size = 0] = sizes;
    const directory = environment.createDirectory(options.many, size);
    await environment.startServer(directory);
    const work = createManyWork(environment, directory, options.many, size);
    await compareClients(work, OUR_MANY);
  }
  return results;

  async function compareClients(work: Work, words: readonly string[]): Promise<void> {
    report(`${work.label}, ${rounds} rounds`);
    const ours = { name: "ftkit", words, port: environment.port };
    const competitors = [ours, ...options.competitors];
    const { rows, failed } = await compare(environment, work, competitors, options);
    results.processes.push(...rows);
    results.failed.push(...failed);
  }

  async function driveServers(): Promise<void> {
    const size = sizes[0] ?? 0;
    const file = environment.createFile(size);
    using ports = new PortPool();
    const protocol = createNative("ftkit", environment.port, file);
    const drive: Drive = { protocol, size, ports, seconds, signal };
    if (options.load) {
      for (const clients of options.clients) await compareServers(drive, file, clients);
    }
    if (idle > 0) {
      report(`one client beside ${idle} idle ones`);
      await addInterference("idle clients", () =>
        measureIdleInterference(drive, idle, environment.serverPid),
      );
    }
    if (bulk > 0) {
      const label = `${bulk} clients that fetch ${cold ? "from the disk" : "a large file"}`;
      report(`one client beside ${label}`);
      await addInterference("bulk clients", () =>
        measureBulkInterference(drive, createBulkClients(), label),
      );
    }
  }

  /** From the disk each fetches a file of its own: of a common one only the first would wait for the disk. */
  function createBulkClients(): BulkClient[] {
    const size = Math.max(...sizes);
    const common = cold ? "" : environment.createFile(size);
    return Array.from({ length: bulk }, (_, index) => {
      const file = cold ? environment.createFile(size, `-${index}`) : common;
      const values = { file, out: "/dev/null", ...getServerValues(environment) };
      const command = fillCommand({ name: "ftkit", words: OUR_GET, port: undefined }, values);
      return { command, coldFile: cold ? join(environment.root, file) : undefined };
    });
  }

  async function compareServers(drive: Drive, file: string, clients: number): Promise<void> {
    const work = `${clients} clients, ${formatBytes(drive.size)} each`;
    report(`${work}, ${rounds} rounds of ${seconds} s`);
    const protocols = [
      drive.protocol,
      ...options.ftp.map(({ name, port }) => createFtp(name, port, file)),
      ...options.http.map(({ name, port }) => createHttp(name, port, file)),
    ];
    const rows = await measureLoad(protocols, drive, clients, rounds);
    results.load.push(...rows);
    for (const { name, failures, problem } of rows) {
      if (problem)
        results.failed.push({ work, name, why: `${failures} transfers failed: ${problem}` });
    }
  }

  async function addInterference(
    work: string,
    measure: () => Promise<InterferenceRow>,
  ): Promise<void> {
    try {
      results.interference.push(await measure());
    } catch (error) {
      if (!(error instanceof WorkFailed)) throw error;
      results.failed.push({ work, name: "ftkit", why: error.message });
    }
  }
}
