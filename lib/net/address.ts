// IP addresses: found for a host, in their plain form, shown to a person, and told apart by whether they leave this machine.

import { Failure } from "../errors.ts";

/** One end of a connection: an IP address in its plain form, and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** An IPv4 address, or anything with a colon: no host name has one. `node:net` would tell, at the price of 6 ms of start-up. */
const LITERAL = /^[0-9]+(\.[0-9]+){3}$|:/;

/** The IP addresses of a host, in the order of the system's resolver. Throws a `Failure` of kind `connect`. */
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

/** An address in its plain form: an IPv4 peer of an IPv6 listener appears as `::ffff:a.b.c.d`. */
export function normalizeAddress(address: string): string {
  return address.replace(/^::ffff:(?=[0-9]+\.[0-9.]+$)/i, "");
}

/** `address:port`, with brackets around an IPv6 address (RFC 3986, section 3.2.2). */
export function formatEndpoint({ address, port }: Endpoint): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** RFC 1122, 3.2.1.3 (g), and RFC 4291, 2.5.3: addresses whose packets never leave the host. */
export function isLoopback(address: string): boolean {
  return address === "::1" || /^127\.[0-9.]+$/.test(address);
}

/** Whether both ends are here: over the loopback, or from an address of this machine to the same. */
export function isSameHost(local: Endpoint, remote: Endpoint): boolean {
  return isLoopback(remote.address) || local.address === remote.address;
}
