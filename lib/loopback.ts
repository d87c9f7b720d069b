// Connections that never leave this machine.

import type { Endpoint } from "./connection.ts";

/** RFC 1122, 3.2.1.3 (g), and RFC 4291, 2.5.3: addresses whose packets never leave the host. */
export function isLoopback(address: string): boolean {
  return address === "::1" || /^127\.[0-9.]+$/.test(address);
}

/** Whether both ends are here: over the loopback, or from an address of this machine to the same. */
export function isWithin(local: Endpoint, remote: Endpoint): boolean {
  return isLoopback(remote.address) || local.address === remote.address;
}
