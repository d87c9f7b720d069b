// Which server the client connects to, with which login, and how long it waits.

import type { DataMode } from "./data-mode.ts";
import type { SharedState } from "./shared-state.ts";
import type { TlsClient } from "../tls/tls-client.ts";

/** All that a session needs to know. */
export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** The port to wait for Q on; 0 lets the system choose. */
  readonly dataPort: number;
  /** Which end opens Q; undefined if that is the server, whatever happens. */
  readonly mode?: DataMode | undefined;
  /** Undefined if there is only one session. */
  readonly shared?: SharedState | undefined;
  /** The longest wait for a connection, for a reply, and for Q, in ms. */
  readonly timeout: number;
  /** The longest silence on Q while bytes are still missing, in ms. */
  readonly stall: number;
  /** Ends the session at once: every wait throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly login?: Credentials | undefined;
  /** Encrypts both connections; undefined if they are in the clear. */
  readonly tls?: TlsClient | undefined;
}

/**
 * `insecure` allows sending the password in the clear to another host. If `password` is a function, it is called each time
 * that a server wants one, and may ask a person.
 */
export interface Credentials {
  readonly name: string;
  readonly password: string | (() => Promise<string>);
  readonly insecure: boolean;
}
