// Ports for subjects and data connections: five digits, free, and never the same twice in a row.

import { listUsedPorts } from "./procfs.ts";

/** Below Linux's range for outgoing connections, so that no dial of anybody takes one. */
const RANGE = { from: 20_000, to: 31_999 };
const TRIES = 200;
/** So many others come before a port is used again: longer than the minute for which the kernel keeps it. */
const REST = 4_000;
const used = new Set<number>();
/** Old connections stay for a minute, so that what the kernel knows of them is news for a while, in ms. */
const NEWS = 2_000;
let old = { ports: new Set<number>(), at: -Infinity };

export interface PortRange {
  from: number;
  to: number;
}

/** Whether there is nothing to choose from. */
export const isFixedPort = (range?: PortRange): boolean =>
  range !== undefined && range.from === range.to;

/** A port on which nobody listens now; a program under test will listen on it. */
export function findFreePort(range: PortRange = RANGE): number {
  if (isFixedPort(range)) return range.from;
  for (let tries = 0; tries < TRIES; tries++) {
    const port = any(range);
    // Many programs cannot take a port that an old connection still has.
    if (used.has(port) || isOld(port) || !isPortFree(port)) continue;
    keep(port);
    return port;
  }
  throw new Error(`no free port from ${range.from} to ${range.to} in ${TRIES} tries`);
}

// Even ones where the choice is ours: some programs have Q at the port after P's, which nobody else is to get.
function any(range: PortRange): number {
  const step = range === RANGE ? 2 : 1;
  return range.from + step * Math.floor((Math.random() * (range.to - range.from + 1)) / step);
}

function isOld(port: number): boolean {
  const now = performance.now();
  if (now - old.at > NEWS) old = { ports: listUsedPorts(), at: now };
  return old.ports.has(port);
}

/** Whether a program could listen on the port: on every address, since it may ask for that. */
export function isPortFree(port: number): boolean {
  try {
    Bun.listen({ hostname: "0.0.0.0", port, socket: { data() {} } }).stop(true);
    return true;
  } catch {
    return false;
  }
}

function keep(port: number): void {
  used.add(port);
  const [oldest] = used;
  if (used.size > REST && oldest !== undefined) used.delete(oldest);
}
