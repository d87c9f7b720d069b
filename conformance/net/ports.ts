// Finds free ports with five digits, and does not use the same port again soon.

import { listUsedPorts } from "./procfs.ts";

export interface PortRange {
  from: number;
  to: number;
}

/** Below Linux's range for outgoing connections, so that no dial takes one of these ports. */
const RANGE: PortRange = { from: 20_000, to: 31_999 };
/** Ports that one process of the suite takes at a time: two runs on one machine must not pick the same port. */
const BLOCK = 100;
/** Blocks that a process takes before it uses its own ports again: that takes longer than the minute for which the kernel keeps one. */
const MOST_BLOCKS = 30;
const LOCK_HOST = "127.0.0.1";
const TRIES = 200;
/** Ports of another range that are used before one is used again. */
const MEMORY = 4_000;
const recent = new Set<number>();
/** The ports of this process in the order of their use, and those that it has not used yet. */
const own: { unused: number[]; used: number[]; blocks: number } = {
  unused: [],
  used: [],
  blocks: 0,
};
/** Milliseconds for which the kernel's list is fresh enough: an old connection stays in it for a minute. */
const CACHE_TIME = 2_000;
let usedPorts = { ports: new Set<number>(), at: -Infinity };

/** Whether the range has only one port. */
export const isFixedPort = (range?: PortRange): boolean =>
  range !== undefined && range.from === range.to;

/** Whether a number can be dialled: a peer may name 0, or something that is no number. */
export const isPort = (port: number): boolean =>
  Number.isInteger(port) && port > 0 && port <= 65_535;

/** Finds a port on which nobody listens, so that a program under test can listen on it. */
export function findFreePort(range: PortRange = RANGE): number {
  if (isFixedPort(range)) return range.from;
  for (let tries = 0; tries < TRIES; tries++) {
    const port = range === RANGE ? takeOwnPort() : pickPort(range);
    // Many programs cannot listen on a port that an old connection still has.
    if (recent.has(port) || hasOldConnection(port) || !isPortFree(port)) continue;
    if (range !== RANGE) remember(port);
    return port;
  }
  throw new Error(`there is no free port from ${range.from} to ${range.to} (${TRIES} tries)`);
}

const pickPort = ({ from, to }: PortRange): number =>
  from + Math.floor(Math.random() * (to - from + 1));

/** The next port of this process's own blocks; if no block is left, the one that it has not used for the longest time. */
function takeOwnPort(): number {
  if (own.unused.length === 0 && own.blocks < MOST_BLOCKS) own.unused = lockBlock();
  const port = own.unused.pop() ?? own.used.shift() ?? pickPort(RANGE);
  own.used.push(port);
  return port;
}

/**
 * The ports of a block that no other process has: whoever listens on its first port has it, and the kernel gives it back
 * when that process ends. Only even ports: some programs have Q at the port after P's, which must stay free.
 */
function lockBlock(): number[] {
  const count = Math.floor((RANGE.to - RANGE.from + 1) / BLOCK);
  const start = Math.floor(Math.random() * count);
  for (let tries = 0; tries < count; tries++) {
    const first = RANGE.from + ((start + tries) % count) * BLOCK;
    if (!lock(first)) continue;
    own.blocks++;
    return Array.from({ length: BLOCK / 2 - 1 }, (_, at) => first + 2 * (at + 1));
  }
  own.blocks = MOST_BLOCKS;
  return [];
}

function lock(port: number): boolean {
  try {
    Bun.listen({ hostname: LOCK_HOST, port, socket: { data() {} } }).unref();
    return true;
  } catch {
    return false;
  }
}

function hasOldConnection(port: number): boolean {
  const now = performance.now();
  if (now - usedPorts.at > CACHE_TIME) usedPorts = { ports: listUsedPorts(), at: now };
  return usedPorts.ports.has(port);
}

/** Whether a program could listen on the port, on all addresses. */
export function isPortFree(port: number): boolean {
  try {
    Bun.listen({ hostname: "0.0.0.0", port, socket: { data() {} } }).stop(true);
    return true;
  } catch {
    return false;
  }
}

/** Ports of a range that a dialect names: not the same one twice in a row. */
function remember(port: number): void {
  recent.add(port);
  const [oldest] = recent;
  if (recent.size > MEMORY && oldest !== undefined) recent.delete(oldest);
}
