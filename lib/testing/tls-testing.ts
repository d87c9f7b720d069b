// Shared by the tests of TLS: certificates that openssl makes, two encrypted ends, an attacker between them.

import { afterAll, describe, test } from "bun:test";
import { chmodSync, readFileSync } from "node:fs";
import type { Connection } from "../net/connection.ts";
import { dial, listen } from "../net/socket.ts";
import { connectPair, type ConnectionPair, Scratch, SOON } from "./testing.ts";
import type { KeyPair } from "../tls/identity.ts";
import { connectTls } from "../tls/tls-client.ts";
import { acceptTls } from "../tls/tls-server.ts";
import type { Trust } from "../tls/trust.ts";

/** A certificate and its key, as files and as text. */
export interface IssuedCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly pair: KeyPair;
}

/** Defines tests with an authority of their own, and a good certificate of it. Skips them if openssl is missing. */
export function describeTls(
  title: string,
  define: (authority: Authority, good: IssuedCertificate) => void,
): void {
  if (!Bun.which("openssl")) {
    return test.skip(`${title} (skipped: needs openssl, which makes certificates)`, () => {});
  }
  describe(title, () => {
    const authority = new Authority();
    afterAll(() => authority[Symbol.dispose]());
    define(authority, authority.issue());
  });
}

/** The names in a certificate unless a test gives others. */
const LOCAL = "DNS:localhost,IP:127.0.0.1,IP:::1";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** A certificate authority, in a directory that disposing of it removes. */
export class Authority implements Disposable {
  readonly scratch = new Scratch();
  readonly root = this.selfSigned("root", "");
  #count = 0;

  /** Issues a certificate for `names`, valid for `days` days from now; a negative number makes an expired one. */
  issue(names = LOCAL, days = 1): IssuedCertificate {
    const file = (ending: string) => this.scratch.at(`${this.#count}.${ending}`);
    this.#count++;
    const extensions = this.scratch.file(`${this.#count}.ext`, `subjectAltName=${names}\n`);
    const [certFile, keyFile, request] = [file("pem"), file("key"), file("csr")];
    openssl("req", ...NEW_KEY, "-keyout", keyFile, "-out", request, "-subj", "/CN=server");
    const issuer = ["-CA", this.root.certFile, "-CAkey", this.root.keyFile, "-extfile", extensions];
    openssl("x509", "-req", "-in", request, ...issuer, "-days", `${days}`, "-out", certFile);
    return readPair(certFile, keyFile);
  }

  /** Makes a certificate that is its own issuer. If `names` is empty, it names a host only in its subject. */
  selfSigned(file: string, names = LOCAL): IssuedCertificate {
    const [certFile, keyFile] = [this.scratch.at(`${file}.pem`), this.scratch.at(`${file}.key`)];
    const extensions = names === "" ? [] : ["-addext", `subjectAltName=${names}`];
    const subject = ["-subj", "/CN=localhost", ...extensions];
    openssl("req", "-x509", ...NEW_KEY, "-keyout", keyFile, "-out", certFile, ...subject);
    return readPair(certFile, keyFile);
  }

  /** Trusts every certificate of this authority that is for `name`. */
  trust(name = "localhost"): Trust {
    return { name, ca: this.root.pair.cert };
  }

  [Symbol.dispose](): void {
    this.scratch[Symbol.dispose]();
  }
}

/** Both ends of one TLS connection: `near` has dialled, and is the TLS client unless the roles are `reversed`. */
export async function tlsPair(
  keys: KeyPair,
  trust: Trust,
  reversed = false,
): Promise<ConnectionPair> {
  const ends = await connectPair();
  const [client, server] = reversed ? [ends.far, ends.near] : [ends.near, ends.far];
  await Promise.all([acceptTls(server, keys, SOON), connectTls(client, trust, SOON)]);
  return ends;
}

/** An attacker between a client and a server, who can read and change everything that passes. */
export interface MitmProxy extends AsyncDisposable {
  readonly port: number;
  /** Returns what the client gets instead of `bytes` from the server. */
  alter: (bytes: Uint8Array) => Uint8Array;
  /** Sends a FIN to one of them. */
  cut(towards: "client" | "server"): void;
}

/** Relays each connection to `port`. */
export function startMitmProxy(port: number): MitmProxy {
  const ends: Connection[] = [];
  const connect = async (near: Connection) => {
    const far = await dial({ address: "127.0.0.1", port }, SOON);
    ends.push(near, far);
    const up = near.receive((bytes) => far.write(bytes, SOON), 2 * SOON).then(() => far.close());
    const down = far.receive((bytes) => near.write(proxy.alter(bytes), SOON), 2 * SOON);
    await Promise.allSettled([up, down]);
  };
  const listener = listen({ address: "127.0.0.1", port: 0 }, (near) => void connect(near));
  const proxy: MitmProxy = {
    port: listener.port,
    alter: (bytes) => bytes,
    cut: (towards) => ends[towards === "client" ? 0 : 1]?.["socket"].shutdown(),
    [Symbol.asyncDispose]: async () => {
      listener[Symbol.dispose]();
      for (const end of ends) end.close();
    },
  };
  return proxy;
}

function readPair(certFile: string, keyFile: string): IssuedCertificate {
  chmodSync(keyFile, 0o600);
  const [cert, key] = [readFileSync(certFile, "utf8"), readFileSync(keyFile, "utf8")];
  return { certFile, keyFile, pair: { cert, key } };
}

export function openssl(...args: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...args], { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`);
}
