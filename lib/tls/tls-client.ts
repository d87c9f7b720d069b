// The client's end of TLS on both connections, as an exchange uses it.

import type { Connection } from "../net/connection.ts";
import { describe, Failure } from "../errors.ts";
import { connectTls } from "./tls.ts";
import { sendKey } from "./tls-key.ts";
import { readTrust, type Trust } from "./tls-trust.ts";

/** Encrypts Q, proves the client to the server by the key, and the server to the client by P's certificate. Waits `ms` at most for each. */
export type SecureQ = (q: Connection, key: string, ms: number) => Promise<void>;

/** It has the TLS client's part on P and, although it listens there, on Q. */
export class TlsClient {
  constructor(private readonly trust: Trust) {}

  /** From what the user gave. Throws a `Failure` of kind `usage` as `readTrust` does. */
  static read(host: string, caFile?: string, pin?: string): TlsClient {
    return new TlsClient(readTrust(host, caFile, pin));
  }

  /** Encrypts P, and gives what does the same for its Q. Throws as `connectTls` does. */
  async connectP(p: Connection, ms: number): Promise<SecureQ> {
    // Whoever P's server is believed to be, and why, Q's must be the same: its certificate, and no other of that name.
    const pin = await connectTls(p, this.trust, ms);
    return (q, key, wait) => secureQ(q, { name: this.trust.name, pin }, key, wait);
  }
}

async function secureQ(q: Connection, trust: Trust, key: string, ms: number): Promise<void> {
  try {
    await connectTls(q, trust, ms);
  } catch (error) {
    const kind = error instanceof Failure ? error.kind : "other";
    throw new Failure(kind, `No TLS on the data connection: ${describe(error)}`);
  }
  await sendKey(q, key, ms);
}
