// Connects to a host by its name: one of its addresses that does not answer costs a fraction of a second (RFC 8305).

import { Failure } from "../errors.ts";
import { type Endpoint, isAddress, normalizeAddress } from "./address.ts";
import type { Connection } from "./connection.ts";
import { dial, timeoutFailure } from "./socket.ts";

/** How long an address is tried alone before the next one, in ms: the delay that RFC 8305, section 5, recommends. */
const ATTEMPT_DELAY = 250;

/**
 * Looks the host up, and connects to the address that answers first. `ms` milliseconds are the limit of both together.
 * Throws a `Failure` of kind `connect` or `timeout`, or the reason of `signal`.
 */
export async function dialHost(
  host: string,
  port: number,
  ms: number,
  signal?: AbortSignal,
): Promise<Connection> {
  signal?.throwIfAborted();
  const end = new AbortController();
  const onAbort = () => end.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  let failure = lookupTimeout(host, ms);
  const timer = setTimeout(() => end.abort(failure), ms);
  try {
    const addresses = await Promise.race([resolveHost(host), rejectOnAbort(end.signal)]);
    const endpoints = interleaveFamilies(addresses).map((address) => ({ address, port }));
    failure = timeoutFailure(endpoints[0] ?? { address: host, port }, ms);
    return await dialFirst(endpoints, ms, end.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    end.abort(failure); // the attempts that have not answered yet
  }
}

/** The IP addresses of a host, in the order of the system's resolver. Throws a `Failure` of kind `connect` if there are none. */
export async function resolveHost(host: string): Promise<string[]> {
  const literal = host.replace(/^\[(.*)\]$/, "$1");
  if (isAddress(literal)) return [normalizeAddress(literal)];
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

/** A look-up cannot be cancelled, so it is left to itself. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Takes the two families in turn, beginning with that of the first address: if one is cut off, the next attempt is not lost on it. */
export function interleaveFamilies(addresses: readonly string[]): string[] {
  const isV6 = (address: string) => address.includes(":");
  const first = addresses.filter((address) => isV6(address) === isV6(addresses[0] ?? ""));
  const second = addresses.filter((address) => !first.includes(address));
  const pairs = Array.from({ length: addresses.length }, (_, index) => [
    first[index],
    second[index],
  ]);
  return pairs.flat().filter((address) => address !== undefined);
}

/** Tries each endpoint when the one before it has failed, or has not answered for `ATTEMPT_DELAY`. Throws the last failure if all fail. */
function dialFirst(
  endpoints: readonly Endpoint[],
  ms: number,
  signal: AbortSignal,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const rest = [...endpoints];
    let pending = 0;
    let isSettled = false;
    const tryNext = () => {
      const to = isSettled ? undefined : rest.shift();
      if (!to) return;
      pending++;
      const timer = setTimeout(tryNext, ATTEMPT_DELAY);
      dial(to, ms, { signal }).then(onConnection, (error) => {
        clearTimeout(timer);
        pending--;
        if (signal.aborted || (pending === 0 && rest.length === 0)) {
          isSettled = true;
          reject(error);
        } else tryNext();
      });
    };
    const onConnection = (connection: Connection) => {
      if (isSettled) return connection.close(); // two answered at the same time
      isSettled = true;
      resolve(connection);
    };
    tryNext();
  });
}

function lookupTimeout(host: string, ms: number): Failure {
  const what = `The address of the host ${JSON.stringify(host)} was not found within ${ms / 1000} s`;
  return new Failure("timeout", `${what}: the name server does not answer.`);
}
