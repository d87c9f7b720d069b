// What the kernel knows of a subject: its processes, and the sockets on which they listen.

import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
} from "node:fs";

/** Without /proc, readiness is probed by connecting, which is weaker. */
export const HAS_PROC = existsSync("/proc/net/tcp");

const LISTEN = "0A";
/** Every subject carries its token here, and so do all that it starts. */
export const SUBJECT_VARIABLE = "FT_SUBJECT";

export interface SocketEntry {
  state: string;
  port: number;
  peerPort: number;
  inode: string;
  isWildcard: boolean;
}

/** The processes that a subject consists of: its session, and whoever left that but kept its environment. */
export function listProcesses(leader: number, token: string, since: number): number[] {
  if (!HAS_PROC) return alive(leader) ? [leader] : [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => belongs(pid, leader, token, since));
}

/** When a process started, in the kernel's clock; 0 where nobody can tell. */
export const readStartTime = (pid: number): number => stat(pid)?.started ?? 0;

const STARTED = 19; // the field of stat, counted from the state: clock ticks since boot
const SESSION = 3;

/** What stat says of a living process. */
function stat(pid: number): { session: number; started: number } | undefined {
  const line = text(`/proc/${pid}/stat`);
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  if (line === "" || fields[0] === "Z" || fields[0] === "X") return undefined;
  return { session: Number(fields[SESSION]), started: Number(fields[STARTED]) };
}

function belongs(pid: number, leader: number, token: string, since: number): boolean {
  const found = stat(pid);
  // Whoever is older than the leader cannot descend from it, and need not be asked.
  if (!found || found.started < since) return false;
  if (found.session === leader) return true;
  return text(`/proc/${pid}/environ`).includes(`${SUBJECT_VARIABLE}=${token}`);
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The ports on which these processes themselves listen. */
export function listListeningPorts(pids: number[], besides: ReadonlySet<string>): number[] {
  const own = new Set(
    pids.flatMap((pid) => listSocketInodes(pid)).filter((inode) => !besides.has(inode)),
  );
  if (own.size === 0) return [];
  const mine = listeners().filter(({ inode }) => own.has(inode));
  return [...new Set(mine.map(({ port }) => port))];
}

/** Sockets of these processes that lead to a peer's port, listeners aside. */
export function listConnections(pids: number[]): SocketEntry[] {
  const own = new Set(pids.flatMap((pid) => listSocketInodes(pid)));
  return sockets().filter(({ state, inode }) => state !== LISTEN && own.has(inode));
}

/** Whether anybody listens on the port. */
export function isListening(port: number): boolean {
  return listeners().some((socket) => socket.port === port);
}

/** Whether any connection still has the port as its own end, if only for the kernel's sake. */
export const isPortUsed = (port: number): boolean => listUsedPorts().has(port);

/** All ports at which a connection has its end. */
export const listUsedPorts = (): Set<number> => new Set(sockets().map(({ port }) => port));

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];

function sockets(): SocketEntry[] {
  return TABLES.flatMap((path) => text(path).split("\n").slice(1).filter(Boolean).map(parsed));
}

/** The kernel tells of listeners first, and takes milliseconds to find the rest: most questions end there. */
function listeners(): SocketEntry[] {
  return TABLES.flatMap((path) => quietly(() => [...beginning(path)]) ?? []);
}

const LINE = 150; // bytes, about one socket: the kernel looks no further than it is read

function* beginning(path: string): Generator<SocketEntry> {
  const [table, piece] = [openSync(path, "r"), Buffer.alloc(LINE)];
  try {
    let rest = "";
    for (let length = 1; length > 0;) {
      length = readSync(table, piece);
      const lines = (rest + piece.toString("latin1", 0, length)).split("\n");
      rest = lines.pop() ?? "";
      for (const socket of lines.filter((line) => !line.includes("local_address")).map(parsed))
        if (socket.state === LISTEN) yield socket;
        else return;
    }
  } finally {
    closeSync(table);
  }
}

function parsed(line: string): SocketEntry {
  const [, local = "", remote = "", state = "", , , , , , inode = ""] = line.trim().split(/\s+/);
  const [host = "", port = "0"] = local.split(":");
  const peerPort = Number.parseInt(remote.split(":")[1] ?? "0", 16);
  return { state, port: Number.parseInt(port, 16), peerPort, inode, isWildcard: /^0+$/.test(host) };
}

/** The sockets that a process holds open, or those among the descriptors that are named. */
export function listSocketInodes(pid: number, only?: readonly string[]): string[] {
  const links = only ?? quietly(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  return links.flatMap((fd) => {
    const target = quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? "";
    return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
  });
}

/** How many files, sockets and pipes a process has open. */
export const countOpenFiles = (pid: number): number =>
  quietly(() => readdirSync(`/proc/${pid}/fd`).length) ?? 0;

// A process may end between any two looks at it, and then its files are gone.
function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

const text = (path: string): string => quietly(() => readFileSync(path, "utf8")) ?? "";

/** Whether a program has taken the connection from the kernel; true where nobody can tell. */
export function isAccepted(port: number, peer: number): boolean {
  const found = sockets().find((socket) => socket.port === port && socket.peerPort === peer);
  return found === undefined || found.inode !== "0";
}
