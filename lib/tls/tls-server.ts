// The server's end of TLS on both connections, as a session uses it.

import type { Connection } from "../net/connection.ts";
import { describe, Failure } from "../errors.ts";
import { acceptTls } from "./tls.ts";
import { type Identity, readIdentity } from "./tls-identity.ts";
import { expectKey, newKey } from "./tls-key.ts";

/** How long a handshake, and then the key, are waited for on the server, in ms: three lost packets fit, as for a dial. */
const HANDSHAKE = 10_000;

/** It has the TLS server's part on P and, although it dials there, on Q (as in RFC 4217, section 7). */
export class TlsServer {
  constructor(
    readonly identity: Identity,
    private readonly ms = HANDSHAKE,
  ) {}

  /** From two PEM files. Throws a `Failure` of kind `usage` as `readIdentity` does. */
  static read(certFile: string, keyFile: string): TlsServer {
    return new TlsServer(readIdentity(certFile, keyFile));
  }

  /** Encrypts P, before the first line, within `most` ms. Throws as `acceptTls` does: a reply in the clear is still possible where that has a use. */
  async acceptP(p: Connection, most = this.ms): Promise<void> {
    await acceptTls(p, this.identity, Math.min(this.ms, most));
  }

  /** The secret for one Q, which goes out in its `150`. */
  newKey(): string {
    return newKey();
  }

  /** Encrypts Q, and makes sure that the client of P is there, within `most` ms for each. Throws a `Failure` of code 425; not a byte may be sent then. */
  async acceptQ(q: Connection, key: string, most = this.ms): Promise<void> {
    const ms = Math.min(this.ms, most);
    const failed = (error: unknown) => {
      throw new Failure("connect", `No TLS on the data connection: ${describe(error)}`, 425);
    };
    await acceptTls(q, this.identity, ms).catch(failed);
    await expectKey(q, key, ms);
  }
}
