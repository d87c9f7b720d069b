// Limits a submission as far as the system allows: its processes, the size of its files, and that it is killed first if memory is short.

import { readdirSync, statSync } from "node:fs";
import { release } from "node:os";

/** The largest file that a submission may write, in KiB: the largest that the suite asks for has 5 MiB. */
const FILE_KIB = 64 * 1024;
/** Tasks that a submission may add to those of its user: far more than six programs need, too few to do harm. */
const TASKS = 600;
/** For the test whether this system allows a process namespace, in ms. */
const PROBE_LIMIT = 5_000;

// `ulimit -u` is bash's option, `-p` is dash's. Root has no such limit: for root there is the resource monitor, which runs
// at a higher priority than the submission.
const LIMITS = `ulimit -c 0; ulimit -f "$1"
(ulimit -u "$2") 2>/dev/null && ulimit -u "$2" || ulimit -p "$2" 2>/dev/null
{ echo 1000 > /proc/self/oom_score_adj; } 2>/dev/null
shift 2; exec nice -n 10 "$@"`;
/** The first process of a namespace. When it ends, the kernel kills all the others. */
const INIT = `"$@"; exit $?`;
/** How many tasks a namespace may have, also for root: a process of Bun has a dozen threads, Java more. */
const NAMESPACE_TASKS = 1_500;
/** Since this kernel version a namespace has a limit of its own; before, the file limits the whole machine. */
const OWN_BOUND = [6, 14] as const;
const NAMESPACES = [
  ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"],
  ["unshare", "--user", "--map-current-user", "--pid", "--fork", "--kill-child", "--mount-proc"],
];

/** What a submission of root has no use for: with these it could read the memory of the process that tests it, or leave the namespace. */
const TAKEN = ["sys_ptrace", "sys_admin", "sys_module", "sys_rawio", "sys_boot", "mknod"];

function dropCapabilities(): string[] {
  if (process.getuid?.() !== 0) return [];
  const drop = ["setpriv", "--bounding-set", TAKEN.map((name) => `-${name}`).join(",")];
  return works(drop) ? drop : [];
}

/** The words in front of the command of a run. */
export function sandboxCommand(): string[] {
  const bounds = ["sh", "-c", LIMITS, "sh", `${fileBlocks()}`, `${tasks() + TASKS}`];
  const limits = [...bounds, ...dropCapabilities()];
  const namespace = NAMESPACES.find(works);
  return namespace ? [...namespace, "sh", "-c", bound() + INIT, "sh", ...limits] : limits;
}

function bound(): string {
  const [major = 0, minor = 0] = release()
    .split(".")
    .map((part) => Number.parseInt(part, 10));
  const [first, second] = OWN_BOUND;
  const own = major > first || (major === first && minor >= second);
  return own ? `{ echo ${NAMESPACE_TASKS} > /proc/sys/kernel/pid_max; } 2>/dev/null; ` : "";
}

/** POSIX counts in blocks of 512 bytes; bash counts in KiB unless it plays sh. */
const fileBlocks = (): number => FILE_KIB * 2;

function works(namespace: readonly string[]): boolean {
  if (!Bun.which(namespace[0] ?? "")) return false;
  const probe = Bun.spawnSync([...namespace, "true"], {
    stdio: ["ignore", "ignore", "ignore"],
    timeout: PROBE_LIMIT,
  });
  return probe.success;
}

/** The tasks that this user has now: the limit counts all of them. */
function tasks(): number {
  const own = process.getuid?.();
  return list("/proc")
    .filter((name) => /^\d+$/.test(name) && owner(name) === own)
    .reduce((sum, pid) => sum + list(`/proc/${pid}/task`).length, 0);
}

function owner(pid: string): number | undefined {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

// Processes end while they are counted, and other systems have no /proc.
function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
