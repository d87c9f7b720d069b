// Watches the runs of many submissions at once, and stops one that takes too many processes, memory or disk.

import { readdirSync, readFileSync } from "node:fs";
import { diskUse } from "./disk.ts";

/** Between two looks, in ms: a fork bomb doubles within milliseconds, so that it must not be much. */
const LOOK = 100;
/** Six subjects at once, each with its helpers and clients, stay far below. */
const MOST_PROCESSES = 250;
/** All files of a run together, in bytes: the suite's own fixtures and records stay below a tenth of it. */
const MOST_DISK = 1024 ** 3;
/** Looks from one count of the files to the next: a disk is filled more slowly than a table of processes. */
const DISK_LOOKS = 5;
const PAGE = 4096;
const MIB = 1024 * 1024;

interface Watched {
  readonly stop: (why: string) => void;
  processes: number;
  bytes: number;
}

export class ResourceMonitor implements Disposable {
  readonly #runs = new Map<string, Watched>();
  /** To which run's directory a process belongs; asked once for each process, since asking costs. */
  readonly #owners = new Map<string, string>();
  #looks = 0;
  readonly #timer = setInterval(() => this.look(), LOOK);

  constructor(
    private readonly mostBytes: number,
    private readonly mostProcesses = MOST_PROCESSES,
    private readonly mostDisk = MOST_DISK,
  ) {}

  /** Watches a run by its directory until the result is disposed of. */
  add(directory: string, stop: (why: string) => void): Disposable {
    this.#runs.set(directory, { stop, processes: 0, bytes: 0 });
    return { [Symbol.dispose]: () => this.#runs.delete(directory) };
  }

  look(): void {
    if (this.#runs.size === 0) return;
    for (const run of this.#runs.values()) run.processes = run.bytes = 0;
    const pids = list().filter((name) => /^\d+$/.test(name));
    this.#forget(new Set(pids));
    for (const pid of pids) this.#count(pid);
    for (const run of this.#runs.values()) this.#judge(run);
    if (this.#looks++ % DISK_LOOKS === 0)
      for (const [directory, run] of this.#runs) this.#weigh(directory, run);
  }

  #weigh(directory: string, { stop }: Watched): void {
    if (diskUse(directory, this.mostDisk) > this.mostDisk)
      stop(`more than ${Math.round(this.mostDisk / MIB)} MiB of files`);
  }

  #count(pid: string): void {
    const owner = this.#owners.get(pid) ?? ownerOf(pid);
    this.#owners.set(pid, owner);
    const run = this.#runs.get(owner);
    if (!run) return;
    run.processes++;
    run.bytes += Number(read(`/proc/${pid}/statm`).split(" ")[1] ?? 0) * PAGE;
  }

  #judge({ processes, bytes, stop }: Watched): void {
    if (processes > this.mostProcesses) stop(`more than ${this.mostProcesses} processes`);
    else if (bytes > this.mostBytes)
      stop(`more than ${Math.round(this.mostBytes / MIB)} MiB of memory`);
  }

  #forget(alive: ReadonlySet<string>): void {
    for (const pid of this.#owners.keys()) if (!alive.has(pid)) this.#owners.delete(pid);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

const ownerOf = (pid: string): string =>
  /(?:^|\0)TMPDIR=([^\0]*\/ftconform-[^/\0]+)/.exec(read(`/proc/${pid}/environ`))?.[1] ?? "";

// A process may end between any two looks at it.
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function list(): string[] {
  try {
    return readdirSync("/proc");
  } catch {
    return [];
  }
}
