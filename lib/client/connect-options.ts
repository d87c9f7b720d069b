// Whom the client talks to, as whom, and how long it waits.

import type { TlsClient } from "../tls/tls-client.ts";

/** Which server, and how long to wait for it. */
export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** Where to wait for Q; 0 lets the system choose. */
  readonly dataPort: number;
  /** How long a connection, a reply and Q are waited for, in ms. */
  readonly timeout: number;
  /** The longest silence on Q while bytes are still to come, in ms. */
  readonly stall: number;
  /** Breaks everything off: what waits then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly login?: Credentials | undefined;
  /** Encrypts both connections; undefined where they are in the clear. */
  readonly tls?: TlsClient | undefined;
}

/** A name and its password, and whether it may travel in the clear to another host. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
  readonly insecure: boolean;
}
