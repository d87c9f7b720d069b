// Finds free ports with five digits, and does not use the same port again soon.

import { listUsedPorts } from "./procfs.ts";

export interface PortRange {
  from: number;
  to: number;
}

/** Below Linux's range for outgoing connections, so that no dial takes one of these ports. */
const RANGE: PortRange = { from: 20_000, to: 31_999 };
const TRIES = 200;
/** Ports that are used before one is used again: that takes longer than the minute for which the kernel keeps it. */
const MEMORY = 4_000;
const recent = new Set<number>();
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
    const port = pickPort(range);
    // Many programs cannot listen on a port that an old connection still has.
    if (recent.has(port) || hasOldConnection(port) || !isPortFree(port)) continue;
    remember(port);
    return port;
  }
  throw new Error(`there is no free port from ${range.from} to ${range.to} (${TRIES} tries)`);
}

// In the suite's own range only even ports: some programs have Q at the port after P's, which must stay free.
function pickPort(range: PortRange): number {
  const step = range === RANGE ? 2 : 1;
  return range.from + step * Math.floor((Math.random() * (range.to - range.from + 1)) / step);
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

function remember(port: number): void {
  recent.add(port);
  const [oldest] = recent;
  if (recent.size > MEMORY && oldest !== undefined) recent.delete(oldest);
}
