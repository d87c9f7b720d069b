// How much one client is slowed down by others: by many that only wait, or by a few that fetch large files.

import { closeSync, openSync } from "node:fs";
import { dropCached } from "../../lib/sys/libc.ts";
import { drive, type Drive, type Latency, summarizeLatencies } from "./drive.ts";
import { WorkFailed } from "./process.ts";
import { readUsage } from "./procfs.ts";

/** How long to wait until all other clients have begun to fetch, in ms. */
const BEGIN_TIME = 200;

/** One client alone, and together with the others. */
export interface InterferenceRow {
  readonly label: string;
  readonly alone: Latency;
  readonly withOthers: Latency;
  /** The server's memory for each of the others, in bytes. */
  readonly memory: number | undefined;
}

/** Measures one client beside `count` clients that have connected and send nothing. Throws `WorkFailed` if the server drops some of them. */
export async function measureIdleInterference(
  options: Drive,
  count: number,
  serverPid: number,
): Promise<InterferenceRow> {
  const alone = await driveOne(options);
  const before = readUsage([serverPid]).memory;
  const sockets: { end(): void }[] = [];
  let dropped = 0;
  const socket = { data: () => void dropped++, close() {}, connectError() {} };
  const address = { hostname: "127.0.0.1", port: options.protocol.port };
  try {
    while (sockets.length < count) sockets.push(await Bun.connect({ ...address, socket }));
    const memory = (readUsage([serverPid]).memory - before) / count;
    const withOthers = await driveOne(options);
    if (dropped > 0)
      throw new WorkFailed(`the server dropped ${dropped} of ${count} idle clients.`);
    return { label: `${count} idle clients`, alone, withOthers, memory };
  } finally {
    for (const one of sockets) one.end();
  }
}

/** A process of `measureBulkInterference`. */
export interface BulkClient {
  readonly command: string[];
  /** A file that is dropped from memory before each run, so that it comes from the disk. */
  readonly coldFile?: string | undefined;
}

/** Measures one client beside processes that run a command again and again. Throws `WorkFailed` if one of them fails. */
export async function measureBulkInterference(
  options: Drive,
  clients: readonly BulkClient[],
  label: string,
): Promise<InterferenceRow> {
  const alone = await driveOne(options);
  let isOver = false;
  const children = new Set<Bun.Subprocess>();
  const others = Promise.all(clients.map(runAgain));
  await Bun.sleep(BEGIN_TIME);
  const withOthers = await driveOne(options).finally(() => {
    isOver = true;
    for (const child of children) child.kill("SIGKILL");
  });
  await others;
  return { label, alone, withOthers, memory: undefined };

  async function runAgain({ command, coldFile }: BulkClient): Promise<void> {
    while (!isOver) {
      if (coldFile) dropFromMemory(coldFile);
      const child = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
      children.add(child);
      const status = await child.exited;
      children.delete(child);
      if (!isOver && status !== 0) throw new WorkFailed(`a client ended with status ${status}.`);
    }
  }
}

/** Only pages that nobody uses are dropped: no other process may have the file open. */
function dropFromMemory(path: string): void {
  const fd = openSync(path, "r");
  dropCached(fd);
  closeSync(fd);
}

async function driveOne(options: Drive): Promise<Latency> {
  const { latencies, problem } = await drive(options, 1);
  if (problem) throw new WorkFailed(problem);
  return summarizeLatencies(latencies);
}
