// Finds the IP addresses of a host.

import { Failure } from "../errors.ts";
import { isAddress, normalizeAddress } from "./address.ts";

/** How long IPv4 addresses wait for those of IPv6, in ms: the delay that RFC 8305, section 3, recommends. */
const RESOLUTION_DELAY = 50;

/** How long a name server may take if nobody sets a limit, in ms: longer than its usual repetitions, which take 10 s. */
const LOOKUP_TIMEOUT = 15_000;

/** The IP addresses of a host. Throws a `Failure` of kind `connect` if none are found within `ms` milliseconds. */
export async function resolveHost(host: string, ms = LOOKUP_TIMEOUT): Promise<string[]> {
  const all: string[] = [];
  const end = Promise.withResolvers<void>();
  const timer = setTimeout(end.resolve, ms);
  const found = lookUp(host, (addresses) => all.push(...addresses));
  await Promise.race([found, end.promise]).finally(() => clearTimeout(timer));
  if (all.length === 0) throw unknownHost(host);
  return [...new Set(all)];
}

/**
 * Asks for the two families at the same time, and gives what is found to `onFound`: a name server that answers for one
 * family only holds nothing up. A look-up cannot be cancelled, so a caller that no longer needs it leaves it to itself.
 */
export async function lookUp(host: string, onFound: (addresses: string[]) => void): Promise<void> {
  const literal = host.replace(/^\[(.*)\]$/, "$1");
  if (isAddress(literal)) return onFound([normalizeAddress(literal)]);
  const v6 = lookUpFamily(host, 6).then(onFound);
  const v4 = lookUpFamily(host, 4).then(async (addresses) => {
    await Promise.race([v6.catch(() => {}), Bun.sleep(RESOLUTION_DELAY)]);
    onFound(addresses);
  });
  await Promise.allSettled([v6, v4]);
}

async function lookUpFamily(host: string, family: 4 | 6): Promise<string[]> {
  const found = await Bun.dns.lookup(host, { family });
  return found.map(({ address }) => normalizeAddress(address));
}

/** The failure for a host that has no address. */
export function unknownHost(host: string): Failure {
  return new Failure(
    "connect",
    `No address is known for the host ${JSON.stringify(host)}: check its spelling.`,
  );
}
