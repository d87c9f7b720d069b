// Watches the runs of many submissions, and stops a run that uses too many processes, too much memory or disk.

import { readdirSync, readFileSync } from "node:fs";
import { diskUse } from "./disk.ts";

/** Between two looks, in ms: short, since a fork bomb doubles within milliseconds. */
const LOOK = 100;
/** Six programs at once, each with its children, stay far below this. */
const MOST_PROCESSES = 250;
/** All files of a run together, in bytes: the suite's own files are less than a tenth of it. */
const MOST_DISK = 1024 ** 3;
/** Looks between two counts of the files: a disk fills more slowly than the process table. */
const DISK_LOOKS = 5;
const PAGE = 4096;
const MIB = 1024 * 1024;

interface Watched {
  /** All processes below this one belong to it, whatever their environment says: of a sandbox none can leave. */
  readonly top: number;
  readonly stop: (why: string) => void;
  processes: number;
  bytes: number;
}

export class ResourceMonitor implements Disposable {
  readonly #runs = new Map<string, Watched>();
  /** The run's directory to which a process belongs; read once for each process. */
  readonly #owners = new Map<string, string>();
  #looks = 0;
  readonly #timer = setInterval(() => this.look(), LOOK);

  constructor(
    private readonly mostBytes: number,
    private readonly mostProcesses = MOST_PROCESSES,
    private readonly mostDisk = MOST_DISK,
  ) {}

  /** Watches a run by its directory until the result is disposed of. */
  add(directory: string, top: number, stop: (why: string) => void): Disposable {
    this.#runs.set(directory, { top, stop, processes: 0, bytes: 0 });
    return { [Symbol.dispose]: () => this.#runs.delete(directory) };
  }

  look(): void {
    if (this.#runs.size === 0) return;
    for (const run of this.#runs.values()) run.processes = run.bytes = 0;
    const pids = list().filter((name) => /^\d+$/.test(name));
    this.#forget(new Set(pids));
    for (const pid of pids) this.#count(pid);
    for (const run of this.#runs.values()) this.#checkProcesses(run);
    if (this.#looks++ % DISK_LOOKS === 0)
      for (const [directory, run] of this.#runs) this.#checkDisk(directory, run);
  }

  #checkDisk(directory: string, { stop }: Watched): void {
    if (diskUse(directory, this.mostDisk) > this.mostDisk)
      stop(`more than ${Math.round(this.mostDisk / MIB)} MiB of files`);
  }

  #count(pid: string): void {
    const owner = this.#owners.get(pid) ?? this.#findOwner(pid);
    this.#owners.set(pid, owner);
    const run = this.#runs.get(owner);
    if (!run) return;
    run.processes++;
    run.bytes += Number(read(`/proc/${pid}/statm`).split(" ")[1] ?? 0) * PAGE;
  }

  /** The parent is asked first: it was seen before its child, or leads to the top of a run. */
  #findOwner(pid: string): string {
    for (const [directory, { top }] of this.#runs) if (String(top) === pid) return directory;
    const stat = read(`/proc/${pid}/stat`);
    const [, parent = "0"] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return this.#owners.get(parent) || ownerOf(pid);
  }

  #checkProcesses({ processes, bytes, stop }: Watched): void {
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
