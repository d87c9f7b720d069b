// Finds the address that the kernel would dial from, so that a dial is bound only if that is the wrong one.

import { normalizeAddress, removeZone } from "./address.ts";

/**
 * The option that binds a dial to the address `from`; empty if the kernel would choose that address by itself. A bound dial
 * reserves its port for all peers at once, and for a minute after its end: 28,000 transfers in a minute would use up all
 * ports, and the kernel searches longer for each one before that.
 */
export async function sourceAddressFor(
  to: string,
  from: string | undefined,
): Promise<{ localAddress?: string }> {
  if (from === undefined) return {};
  // The kernel names no zone, and has no choice of it: it is the one of `to`.
  return (await findSource(to)) === removeZone(from) ? {} : { localAddress: from };
}

/** How long an answer of the kernel is remembered, in ms, and how many answers at most. */
const CACHE_LIFETIME = 10_000;
const MAX_CACHED = 1000;

const cache = new Map<string, { readonly source: string; readonly expires: number }>();

/** The address from which the kernel would reach `to`; empty if it does not know. */
async function findSource(to: string): Promise<string> {
  const cached = cache.get(to);
  if (cached && cached.expires > performance.now()) return cached.source;
  const source = await askKernel(to).catch(() => "");
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(to, { source, expires: performance.now() + CACHE_LIFETIME });
  return source;
}

/** If a datagram socket is connected, the kernel chooses its address and sends nothing. */
async function askKernel(to: string): Promise<string> {
  const hostname = to.includes(":") ? "::" : "0.0.0.0";
  const probe = await Bun.udpSocket({ hostname, connect: { hostname: to, port: DISCARD } });
  const { address } = probe.address;
  probe.close();
  return normalizeAddress(address);
}

/** The discard port (RFC 863); nothing is ever sent to it. */
const DISCARD = 9;
