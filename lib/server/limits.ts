// What a server spends on its clients at most. Times are in milliseconds.

/** The bounds of every wait and of every count on the server. */
export interface Limits {
  /** Clients at once; one more gets `421`. */
  readonly clients: number;
  /** Clients at once from one address, IPv4-mapped addresses counted as IPv4. */
  readonly clientsPerAddress: number;
  /** Commands carried out at once; one more gets `421`. */
  readonly transfers: number;
  /** From the accept to the end of the command line, by the wall clock. */
  readonly command: number;
  /** For the client to take Q. */
  readonly dial: number;
  /** For a client that reads nothing, on P or on Q. */
  readonly stall: number;
  /** For the client's close after ours. */
  readonly linger: number;
}

/** Descriptors of a client that is being served: P, Q and the file; one that waits has P alone. */
const DESCRIPTORS_PER_CLIENT = 3;

/** Commands at once that a server can always carry out, however many clients only wait. */
const FEWEST_TRANSFERS = 64;

/** Descriptors for everything else: the runtime's own (a dozen), the listener, the log, and clients that are just being refused. */
export const RESERVED_DESCRIPTORS = 32;

/** More clients than this make each other slow long before descriptors run out. */
const MOST_CLIENTS = 2000;

/**
 * The limits for a process that may open `descriptors` files and serves `clients` at once. One address gets three quarters of all
 * places at most, so that no single host can shut everyone else out.
 */
export function defaultLimits(
  descriptors: number,
  clients = Math.min(MOST_CLIENTS, maxServedClients(descriptors)),
): Limits {
  return {
    clients,
    clientsPerAddress: Math.ceil((clients * 3) / 4),
    transfers: transfersWithin(descriptors, clients),
    command: 60_000, // a person who types the command by hand gets a minute
    dial: 10_000, // three SYNs of TCP (after 1, 3 and 7 s) fit; who has not answered by then is filtered
    stall: 120_000, // a laptop that sleeps for a minute goes on afterwards
    linger: 2000, // a round trip to anywhere, twice; the client need only close
  };
}

/** How many clients may wait at once, with room for some to be served. */
export function maxWaitingClients(descriptors: number): number {
  const waiting =
    descriptors - RESERVED_DESCRIPTORS - FEWEST_TRANSFERS * (DESCRIPTORS_PER_CLIENT - 1);
  return Math.max(waiting, maxServedClients(descriptors));
}

/** How many of so many clients can be served at once. */
function transfersWithin(descriptors: number, clients: number): number {
  const spare = Math.floor(
    (descriptors - RESERVED_DESCRIPTORS - clients) / (DESCRIPTORS_PER_CLIENT - 1),
  );
  return Math.max(1, Math.min(clients, spare));
}

/** How many clients `descriptors` are enough for, all of them served at once, at least 1: at the limit itself accept(2) would spin and tell nobody. */
export function maxServedClients(descriptors: number): number {
  return Math.max(1, Math.floor((descriptors - RESERVED_DESCRIPTORS) / DESCRIPTORS_PER_CLIENT));
}
