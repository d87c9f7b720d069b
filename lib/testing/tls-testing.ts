// What the tests of TLS share: certificates that openssl makes, a pair of encrypted ends, a man in the middle.

import { chmodSync, readFileSync } from "node:fs";
import type { Connection } from "../net/connection.ts";
import { dial, listen, type Listener } from "../net/socket.ts";
import { connectPair, type ConnectionPair, Scratch, SOON } from "./testing.ts";
import { acceptTls, connectTls, type KeyPair } from "../tls/tls.ts";
import type { Trust } from "../tls/tls-trust.ts";

/** Why the tests are skipped where they are. */
export const NO_OPENSSL = Bun.which("openssl") ? undefined : "openssl, which makes certificates";

/** A certificate and its key, as files and as text. */
export interface IssuedPair {
  readonly certFile: string;
  readonly keyFile: string;
  readonly pair: KeyPair;
}

/** The names that a certificate has unless a test says otherwise. */
const LOCAL = "DNS:localhost,IP:127.0.0.1,IP:::1";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** An authority of its own for each test file, in a directory that goes away with it. */
export class Authority implements Disposable {
  readonly scratch = new Scratch();
  readonly root = this.selfSigned("root", "");
  #issued = 0;

  /** A certificate of this authority for `names`, which is valid for `days` days from now; less than 0 is over. */
  issue(names = LOCAL, days = 1): IssuedPair {
    const file = (ending: string) => this.scratch.at(`${this.#issued}.${ending}`);
    this.#issued++;
    const extensions = this.scratch.file(`${this.#issued}.ext`, `subjectAltName=${names}\n`);
    const [certFile, keyFile, request] = [file("pem"), file("key"), file("csr")];
    openssl("req", ...NEW_KEY, "-keyout", keyFile, "-out", request, "-subj", "/CN=server");
    const by = ["-CA", this.root.certFile, "-CAkey", this.root.keyFile, "-extfile", extensions];
    openssl("x509", "-req", "-in", request, ...by, "-days", `${days}`, "-out", certFile);
    return issued(certFile, keyFile);
  }

  /** A certificate that nobody else has signed; without `names` it names no host but in its subject. */
  selfSigned(name: string, names = LOCAL): IssuedPair {
    const [certFile, keyFile] = [this.scratch.at(`${name}.pem`), this.scratch.at(`${name}.key`)];
    const extensions = names === "" ? [] : ["-addext", `subjectAltName=${names}`];
    const subject = ["-subj", "/CN=localhost", ...extensions];
    openssl("req", "-x509", ...NEW_KEY, "-keyout", keyFile, "-out", certFile, ...subject);
    return issued(certFile, keyFile);
  }

  /** Believes what this authority has issued. */
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

/** Somebody on the way between a client and a server, who sees and may change what passes. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** What goes to the client from now on, instead of what the server sends. */
  alter: (bytes: Uint8Array) => Uint8Array;
  /** Sends a FIN, as anyone on the way can. */
  cut(towards: "client" | "server"): void;
}

/** Relays each connection to `port`. */
export function startRelay(port: number): Relay {
  const ends: Connection[] = [];
  const relay = async (near: Connection) => {
    const far = await dial({ address: "127.0.0.1", port }, SOON);
    ends.push(near, far);
    const up = near.receive((bytes) => far.write(bytes, SOON), 2 * SOON).then(() => far.close());
    const down = far.receive((bytes) => near.write(it.alter(bytes), SOON), 2 * SOON);
    await Promise.allSettled([up, down]);
  };
  const listener: Listener = listen({ address: "127.0.0.1", port: 0 }, (near) => void relay(near));
  const it: Relay = {
    port: listener.port,
    alter: (bytes) => bytes,
    cut: (towards) => ends[towards === "client" ? 0 : 1]?.["socket"].shutdown(),
    [Symbol.asyncDispose]: async () => {
      listener[Symbol.dispose]();
      for (const end of ends) end.close();
    },
  };
  return it;
}

function issued(certFile: string, keyFile: string): IssuedPair {
  chmodSync(keyFile, 0o600);
  const [cert, key] = [readFileSync(certFile, "utf8"), readFileSync(keyFile, "utf8")];
  return { certFile, keyFile, pair: { cert, key } };
}

export function openssl(...args: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...args], { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`);
}
