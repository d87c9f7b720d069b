// Which address of this host the kernel would dial from, so that a dial is bound only where it would choose another.

import { normalizeAddress } from "./address.ts";

/**
 * The option that binds a dial to the address `from`; none where the kernel would choose that address by itself. A bind
 * before the connect reserves a port towards every peer at once, and for a minute after the end: 28,000 transfers a
 * minute would use up all of them, and long before that the kernel searches for each.
 */
export async function sourceAddressFor(
  to: string,
  from: string | undefined,
): Promise<{ localAddress?: string }> {
  if (from === undefined) return {};
  return (await sourceFor(to)) === from ? {} : { localAddress: from };
}

/** How long the kernel's choice is taken to stay the same, in ms, and for how many addresses it is remembered. */
const ROUTE_LIFETIME = 10_000;
const MOST_ROUTES = 1000;

const routes = new Map<string, { readonly source: string; readonly until: number }>();

/** The address from which the kernel would reach `to`; empty where it cannot tell. */
async function sourceFor(to: string): Promise<string> {
  const known = routes.get(to);
  if (known && known.until > performance.now()) return known.source;
  const source = await askKernel(to).catch(() => "");
  if (routes.size >= MOST_ROUTES) routes.clear();
  routes.set(to, { source, until: performance.now() + ROUTE_LIFETIME });
  return source;
}

/** Connecting a datagram socket makes the kernel choose, and sends nothing. */
async function askKernel(to: string): Promise<string> {
  const hostname = to.includes(":") ? "::" : "0.0.0.0";
  const probe = await Bun.udpSocket({ hostname, connect: { hostname: to, port: DISCARD } });
  const { address } = probe.address;
  probe.close();
  return normalizeAddress(address);
}

/** The port of a service that nobody runs (RFC 863): nothing is ever sent there. */
const DISCARD = 9;
