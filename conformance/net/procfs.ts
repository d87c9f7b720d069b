// Reads from /proc what the kernel knows of a subject: its processes and their sockets.

import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
} from "node:fs";

/** Without /proc, a server is tested for readiness by a connection, which is weaker. */
export const HAS_PROC = existsSync("/proc/net/tcp");

/** States of a socket in the kernel's tables (include/net/tcp_states.h). */
const ESTABLISHED = "01";
const LISTEN = "0A";
/** The environment variable with the token of a subject; every process that it starts inherits it. */
export const SUBJECT_VARIABLE = "FT_SUBJECT";
const TOKEN = new RegExp(`(?:^|\\0)${SUBJECT_VARIABLE}=([^\\0]*)`);

export interface SocketEntry {
  state: string;
  port: number;
  peerPort: number;
  inode: string;
  /** The local address, in the kernel's hexadecimal words. */
  words: string;
}

/**
 * When each process started, and the token of its subject if it has one, which says of most processes that they do not
 * belong to another subject: to read it again for all of them, each time that a subject is asked for its processes, took
 * half of the suite's own time.
 */
const known = new Map<number, { started: number; token?: string }>();

/** How the processes of a subject are told from others. */
export interface Membership {
  readonly leader: number;
  readonly token: string;
  /** When the leader started, in clock ticks since boot. */
  readonly since: number;
  /** Where the subject works: a process without a token that is there belongs to it. */
  readonly directory: string;
}

/** The processes of a subject: its session, and processes that left the session but have its environment or its directory. */
export function listProcesses(membership: Membership): number[] {
  const { leader } = membership;
  if (!HAS_PROC) return isAlive(leader) ? [leader] : [];
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const living = new Set(pids);
  // A number may be given again to another process.
  for (const pid of known.keys()) if (!living.has(pid)) known.delete(pid);
  return pids.filter((pid) => isMember(pid, membership));
}

/** When a process started, in clock ticks since boot; 0 if that is unknown. */
export const readStartTime = (pid: number): number => readStat(pid)?.started ?? 0;

/** The fields of /proc/PID/stat, counted from the state. */
const STARTED = 19;
const SESSION = 3;
const PARENT = 1;

/** The status of a process; nothing if it has ended. */
function readStat(pid: number): { parent: number; session: number; started: number } | undefined {
  const line = readText(`/proc/${pid}/stat`);
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  if (line === "" || fields[0] === "Z" || fields[0] === "X") return undefined;
  const [parent = 0, session = 0, started = 0] = [PARENT, SESSION, STARTED].map((at) =>
    Number(fields[at]),
  );
  return { parent, session, started };
}

/** The process that has started this one; 0 if it has ended. */
export const readParent = (pid: number): number => readStat(pid)?.parent ?? 0;

/** The process that traces this one; 0 if there is none. */
export const readTracer = (pid: number): number =>
  Number(/^TracerPid:\s*(\d+)/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? 0);

/** Whether a process can run at this moment, and does not wait for anything. */
export function isComputing(pid: number): boolean {
  const line = readText(`/proc/${pid}/stat`);
  return line.slice(line.lastIndexOf(")") + 2).startsWith("R");
}

function isMember(pid: number, { leader, token, since, directory }: Membership): boolean {
  const { started = since, token: noted = token } = known.get(pid) ?? {};
  // A process that is older than the leader cannot descend from it.
  if (started < since || noted !== token) return false;
  const stat = readStat(pid);
  if (!stat) return false;
  known.set(pid, { ...known.get(pid), started: stat.started });
  if (stat.started < since) return false;
  if (stat.session === leader) return true;
  const found = TOKEN.exec(readText(`/proc/${pid}/environ`))?.[1];
  if (found !== undefined) {
    known.set(pid, { started: stat.started, token: found });
    return found === token;
  }
  const current = tryRead(() => readlinkSync(`/proc/${pid}/cwd`)) ?? "";
  return `${current}/`.startsWith(`${directory}/`) || current === `${directory} (deleted)`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Where these processes listen on the port: the address, as a client may dial it; a socket for all addresses first. */
export function findListenAddress(pids: number[], port: number): string | undefined {
  const own = new Set(pids.flatMap((pid) => listSocketInodes(pid)));
  const mine = listListeners().filter((each) => each.port === port && own.has(each.inode));
  const first = mine.find(({ words }) => /^0+$/.test(words)) ?? mine[0];
  return first && parseAddressWords(first.words);
}

/** The ports on which these processes listen, without sockets that they inherited. */
export function listListeningPorts(pids: number[], inherited: ReadonlySet<string>): number[] {
  const own = new Set(
    pids.flatMap((pid) => listSocketInodes(pid)).filter((inode) => !inherited.has(inode)),
  );
  if (own.size === 0) return [];
  const mine = listListeners().filter(({ inode }) => own.has(inode));
  return [...new Set(mine.map(({ port }) => port))];
}

/** The connected sockets of these processes. */
export function listConnections(pids: number[]): SocketEntry[] {
  const own = new Set(pids.flatMap((pid) => listSocketInodes(pid)));
  return listSockets().filter(({ state, inode }) => state !== LISTEN && own.has(inode));
}

/** Whether any process listens on the port. */
export function isListening(port: number): boolean {
  return listListeners().some((socket) => socket.port === port);
}

/** The ports on which any process listens. */
export const listOpenPorts = (): Set<number> => new Set(listListeners().map(({ port }) => port));

/** Whether any connection has the port as its own end, even one that only the kernel still keeps. */
export const isPortUsed = (port: number): boolean => listUsedPorts().has(port);

/** The ports that connections have as their own end. */
export const listUsedPorts = (): Set<number> => new Set(listSockets().map(({ port }) => port));

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];

/** A socket in a table: number, local address and port, the peer's, state, queues, timers, user, timeout, inode. */
const SOCKET =
  /^ *\d+: ([0-9A-F]+):([0-9A-F]+) [0-9A-F]+:([0-9A-F]+) ([0-9A-F]+) \S+ \S+ \S+ +\d+ +\d+ (\d+)/gm;

/** Thousands of closed connections may be in a table, so each line is read by one match. */
const parseSockets = (text: string): SocketEntry[] =>
  Array.from(text.matchAll(SOCKET), ([, words = "", port, peerPort, state = "", inode = ""]) => ({
    ...{ state, inode, words },
    port: Number.parseInt(port ?? "", 16),
    peerPort: Number.parseInt(peerPort ?? "", 16),
  }));

const listSockets = (): SocketEntry[] => TABLES.flatMap((path) => parseSockets(readText(path)));

/** The kernel lists listeners first, and takes milliseconds to find the rest, so most calls stop after them. */
function listListeners(): SocketEntry[] {
  return TABLES.flatMap((path) => tryRead(() => [...readListeners(path)]) ?? []);
}

/** Bytes, a page: the most that the kernel gives at once. Between two reads a socket may go, and then the kernel skips another one. */
const PIECE = 4096;

function* readListeners(path: string): Generator<SocketEntry> {
  const [table, piece] = [openSync(path, "r"), Buffer.alloc(PIECE)];
  try {
    let rest = "";
    for (let length = 1; length > 0;) {
      length = readSync(table, piece);
      const lines = (rest + piece.toString("latin1", 0, length)).split("\n");
      rest = lines.pop() ?? "";
      for (const socket of parseSockets(lines.join("\n")))
        if (socket.state === LISTEN) yield socket;
        else return;
    }
  } finally {
    closeSync(table);
  }
}

/** The kernel prints an address as words of four bytes, each in the byte order of the machine. */
function parseAddressWords(text: string): string {
  const words = text.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => [...Buffer.from(word, "hex")].reverse());
  const isMapped = bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0);
  if (bytes.length === 4) return bytes.join(".");
  if (isMapped && bytes[10] === 0xff) return bytes.slice(12).join(".");
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  return groups.join(":");
}

/** The inodes of the sockets that a process has open, or only those of some descriptors. */
export function listSocketInodes(pid: number, only?: readonly string[]): string[] {
  const links = only ?? tryRead(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  return links.flatMap((fd) => {
    const target = tryRead(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? "";
    return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
  });
}

/** How many files, sockets and pipes a process has open. */
export const countOpenFiles = (pid: number): number =>
  tryRead(() => readdirSync(`/proc/${pid}/fd`).length) ?? 0;

// A process may end at any time, and then its files are gone.
function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const readText = (path: string): string => tryRead(() => readFileSync(path, "utf8")) ?? "";

/** Whether a program still has this end of a connection open: the kernel keeps a closed one for a while, for nobody. */
export const isHeld = (port: number, peer: number): boolean =>
  listSockets().some(
    (socket) => socket.port === port && socket.peerPort === peer && socket.inode !== "0",
  );

/** Whether the peer of our end of a connection can still send: its FIN has not come, whether we have read it or not. False if that is unknown. */
export const canPeerSend = (port: number, peer: number): boolean =>
  listSockets().some(
    (socket) => socket.port === port && socket.peerPort === peer && socket.state === ESTABLISHED,
  );

/** Whether a program has accepted the connection; true if that is unknown. */
export function isAccepted(port: number, peer: number): boolean {
  const found = listSockets().find((socket) => socket.port === port && socket.peerPort === peer);
  return found === undefined || found.inode !== "0";
}
