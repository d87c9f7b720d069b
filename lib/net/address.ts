// IP addresses: looked up, brought into one form, formatted, and compared.

import { Failure } from "../errors.ts";

/** One end of a connection: an IP address as `normalizeAddress` returns it, and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** An IPv4 address, or any text with a colon, which no host name has. `node:net` could tell, but takes 6 ms to load. */
const LITERAL = /^[0-9]+(\.[0-9]+){3}$|:/;

/** The IP addresses of a host, in the order of the system's resolver. Throws a `Failure` of kind `connect` if there are none. */
export async function resolveHost(host: string): Promise<string[]> {
  const literal = host.replace(/^\[(.*)\]$/, "$1");
  if (LITERAL.test(literal)) return [literal];
  try {
    const found = await Bun.dns.lookup(host);
    return [...new Set(found.map((entry) => entry.address))];
  } catch {
    throw new Failure(
      "connect",
      `No address is known for the host ${JSON.stringify(host)}: check its spelling.`,
    );
  }
}

/** An IPv4 peer of an IPv6 listener appears as `::ffff:a.b.c.d`; here it becomes `a.b.c.d`. */
export function normalizeAddress(address: string): string {
  return address.replace(/^::ffff:(?=[0-9]+\.[0-9.]+$)/i, "");
}

/** `address:port`, with brackets around an IPv6 address (RFC 3986, section 3.2.2). */
export function formatEndpoint({ address, port }: Endpoint): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** True if packets to this address never leave the host (RFC 1122, 3.2.1.3 (g); RFC 4291, 2.5.3). */
export function isLoopback(address: string): boolean {
  return address === "::1" || /^127\.[0-9.]+$/.test(address);
}

/** True if both ends are on this machine: over the loopback, or because both have the same address. */
export function isSameHost(local: Endpoint, remote: Endpoint): boolean {
  return isLoopback(remote.address) || local.address === remote.address;
}
