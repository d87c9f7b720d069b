// The limits of a server. Times are in milliseconds.

/** The limits of every wait and of every count on the server. */
export interface ServerLimits {
  /** Clients at one time; one more gets `421`. */
  readonly clients: number;
  /** Clients at one time from one address; an IPv4-mapped address counts as IPv4, an IPv6 /64 as one address. */
  readonly clientsPerAddress: number;
  /** Transfers at one time; one more command gets `421`. */
  readonly transfers: number;
  /** The time from the accept to the end of the command line. */
  readonly command: number;
  /** The time for the client to accept Q. */
  readonly dial: number;
  /** How long a client may read nothing, on P or on Q. */
  readonly stall: number;
  /** The lowest rate of a transfer, in bytes per second. */
  readonly minRate: number;
  /** The time over which the rate of a transfer must not be too low; `stall` counts if it is longer. */
  readonly rateWindow: number;
  /** How long the server waits for the client's close after its own FIN. */
  readonly linger: number;
}

/** Descriptors of a client that is served: P, Q and the file. A client without a command has only P. */
const DESCRIPTORS_PER_CLIENT = 3;

/** Transfers for which there is always room, however many clients only wait. */
const MIN_TRANSFERS = 64;

/**
 * Connections to passive ports that have not shown the key, beyond one for each port: so many strangers may be there, in all,
 * before the next one takes the place of another. The port and its first connection have the places of Q and the file, which come later.
 */
export const MAX_STRANGERS = 8;

/**
 * Descriptors for everything else: the runtime (a dozen), threads for disks (two for each of eight), the served directory, the
 * listener, the log, clients that are being refused, and strangers.
 */
export const RESERVED_DESCRIPTORS = 40 + MAX_STRANGERS;

/** With more clients than this, each becomes slow long before the descriptors run out. */
const MAX_CLIENTS = 2000;

/**
 * The limits for a process that may open `descriptors` files and serves `clients` at one time. One address gets at most three
 * quarters of them, so that no single host can keep all others out.
 */
export function defaultLimits(
  descriptors: number,
  clients = Math.min(MAX_CLIENTS, maxServedClients(descriptors)),
): ServerLimits {
  return {
    clients,
    clientsPerAddress: Math.ceil((clients * 3) / 4),
    transfers: maxTransfers(descriptors, clients),
    command: 60_000, // a person who types the command by hand gets a minute
    dial: 10_000, // long enough for three more SYNs of TCP (after 1, 3 and 7 s); a host that still does not answer is filtered
    stall: 120_000, // a laptop may sleep for a minute and go on
    minRate: 500, // a tenth of the slowest mobile networks
    rateWindow: 60_000, // a network that is down for some seconds does not matter
    linger: 2000, // two round trips to anywhere: the client only has to close
  };
}

/** How many clients may be connected at one time if most of them only wait. */
export function maxWaitingClients(descriptors: number): number {
  const waiting = descriptors - RESERVED_DESCRIPTORS - MIN_TRANSFERS * (DESCRIPTORS_PER_CLIENT - 1);
  return Math.max(waiting, maxServedClients(descriptors));
}

/** How many of `clients` can be served at one time, if the others only wait. */
function maxTransfers(descriptors: number, clients: number): number {
  const spare = Math.floor(
    (descriptors - RESERVED_DESCRIPTORS - clients) / (DESCRIPTORS_PER_CLIENT - 1),
  );
  return Math.max(1, Math.min(clients, spare));
}

/** How many clients a process can serve, at least 1. At the limit of descriptors itself, accept(2) would spin and report nothing. */
export function maxServedClients(descriptors: number): number {
  return Math.max(1, Math.floor((descriptors - RESERVED_DESCRIPTORS) / DESCRIPTORS_PER_CLIENT));
}
