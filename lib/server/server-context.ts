// What all sessions of a server share.

import type { Login } from "../auth/login.ts";
import { Semaphore } from "../net/semaphore.ts";
import type { PortRange } from "../protocol/port.ts";
import type { TlsServer } from "../tls/tls-server.ts";
import type { Directory } from "./directory.ts";
import { HashQueue } from "./hash-queue.ts";
import { MAX_STRANGERS, type ServerLimits } from "./limits.ts";
import { ListingStore } from "./listing-store.ts";
import { PassivePorts } from "./passive-ports.ts";
import type { SendMethod } from "./sendfile.ts";

/** What is served, to whom, and how. */
export interface ServiceOptions {
  readonly directory: Directory;
  readonly limits: ServerLimits;
  readonly method: SendMethod;
  /** Checks who may give a command; undefined if everyone may. */
  readonly login?: Login | undefined;
  /** Encrypts P and Q; undefined if they are in the clear. */
  readonly tls?: TlsServer | undefined;
  /** Where the server listens for Q after PASV; undefined if the system chooses the port. */
  readonly passivePorts?: PortRange | undefined;
}

/** The options, and what the sessions take in turn. */
export interface ServerContext extends ServiceOptions {
  readonly transfers: Semaphore;
  readonly strangers: Semaphore;
  readonly ports: PassivePorts;
  readonly listings: ListingStore;
  /** The same with the size and the time of each file. */
  readonly longListings: ListingStore;
  readonly hashes: HashQueue;
}

export function createServerContext(options: ServiceOptions): ServerContext {
  return {
    ...options,
    transfers: new Semaphore(options.limits.transfers),
    strangers: new Semaphore(MAX_STRANGERS),
    ports: new PassivePorts(options.passivePorts),
    listings: new ListingStore(() => options.directory.list()),
    longListings: new ListingStore(() => options.directory.list(true)),
    hashes: new HashQueue(),
  };
}
