// What the tests of TLS share: certificates that openssl makes, pairs of encrypted connections, and a proxy in the middle.

import { chmodSync, readFileSync } from "node:fs";
import type { Connection } from "../net/connection.ts";
import { dial, listen, type Listener } from "../net/socket.ts";
import { connectPair, type ConnectionPair, Scratch, SOON } from "./testing.ts";
import { acceptTls, connectTls, type KeyPair } from "../tls/tls.ts";
import type { Trust } from "../tls/tls-trust.ts";

/** What is missing if the tests are skipped. */
export const NO_OPENSSL = Bun.which("openssl") ? undefined : "openssl, which makes certificates";

/** A certificate and its key, as files and as text. */
export interface IssuedCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly pair: KeyPair;
}

/** The names in a certificate unless a test gives others. */
const LOCAL_NAMES = "DNS:localhost,IP:127.0.0.1,IP:::1";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** A certificate authority in a temporary directory. */
export class Authority implements Disposable {
  readonly scratch = new Scratch();
  readonly root = this.selfSigned("root", "");
  #issued = 0;

  /** Issues a certificate for `names` that is valid for `days` days; it has expired if `days` is negative. */
  issue(names = LOCAL_NAMES, days = 1): IssuedCertificate {
    const file = (ending: string) => this.scratch.at(`${this.#issued}.${ending}`);
    this.#issued++;
    const extensions = this.scratch.file(`${this.#issued}.ext`, `subjectAltName=${names}\n`);
    const [certFile, keyFile, request] = [file("pem"), file("key"), file("csr")];
    openssl("req", ...NEW_KEY, "-keyout", keyFile, "-out", request, "-subj", "/CN=server");
    const by = ["-CA", this.root.certFile, "-CAkey", this.root.keyFile, "-extfile", extensions];
    openssl("x509", "-req", "-in", request, ...by, "-days", `${days}`, "-out", certFile);
    return readIssued(certFile, keyFile);
  }

  /** Makes a self-signed certificate; if `names` is empty, only its subject names a host. */
  selfSigned(name: string, names = LOCAL_NAMES): IssuedCertificate {
    const [certFile, keyFile] = [this.scratch.at(`${name}.pem`), this.scratch.at(`${name}.key`)];
    const extensions = names === "" ? [] : ["-addext", `subjectAltName=${names}`];
    const subject = ["-subj", "/CN=localhost", ...extensions];
    openssl("req", "-x509", ...NEW_KEY, "-keyout", keyFile, "-out", certFile, ...subject);
    return readIssued(certFile, keyFile);
  }

  /** Trust in the certificates of this authority. */
  trust(name = "localhost"): Trust {
    return { name, ca: this.root.pair.cert };
  }

  [Symbol.dispose](): void {
    this.scratch[Symbol.dispose]();
  }
}

/** Both ends of one TLS connection. `near` has dialled, and is the TLS client unless `reversed` is true. */
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

/** A proxy between a client and a server that can change what passes. */
export interface MitmProxy extends AsyncDisposable {
  readonly port: number;
  /** Changes the bytes of the server on their way to the client. A test may replace it. */
  alter: (bytes: Uint8Array) => Uint8Array;
  /** Sends a FIN, as an attacker could. */
  cut(towards: "client" | "server"): void;
}

/** Passes each connection on to `port`. */
export function startMitmProxy(port: number): MitmProxy {
  const ends: Connection[] = [];
  const relay = async (near: Connection) => {
    const far = await dial({ address: "127.0.0.1", port }, SOON);
    ends.push(near, far);
    const up = near.receive((bytes) => far.write(bytes, SOON), 2 * SOON).then(() => far.close());
    const down = far.receive((bytes) => near.write(proxy.alter(bytes), SOON), 2 * SOON);
    await Promise.allSettled([up, down]);
  };
  const listener: Listener = listen({ address: "127.0.0.1", port: 0 }, (near) => void relay(near));
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

function readIssued(certFile: string, keyFile: string): IssuedCertificate {
  chmodSync(keyFile, 0o600);
  const [cert, key] = [readFileSync(certFile, "utf8"), readFileSync(keyFile, "utf8")];
  return { certFile, keyFile, pair: { cert, key } };
}

export function openssl(...args: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...args], { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`);
}
