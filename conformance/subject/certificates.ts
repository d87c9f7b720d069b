// Certificates for one run, good ones and bad ones: made with openssl, and gone when the run ends.

import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NotApplicable } from "../spec/verdict.ts";

/** One certificate and its key, as files and as text. */
export interface CertificatePair {
  certFile: string;
  keyFile: string;
  cert: string;
  key: string;
}

/** What a certificate says of itself. */
interface Saying {
  name?: string;
  alternatives?: string;
  days?: number;
  issuer?: string;
}

const HERE = "IP:127.0.0.1,IP:::1,DNS:localhost";
/** Each differs from a good one in a single point. */
const SAYINGS = {
  good: { alternatives: HERE },
  /** Just as good, with another key: one that somebody else may hold. */
  other: { alternatives: HERE },
  stranger: { alternatives: HERE, issuer: "nobody" },
  expired: { alternatives: HERE, days: -1 },
  elsewhere: { alternatives: "IP:127.0.0.9,DNS:elsewhere.example" },
  /** An address as if it were a name: only an address matches an address. */
  named: { alternatives: "DNS:127.0.0.1" },
  /** An address as the subject's common name alone. */
  common: { name: "127.0.0.1", alternatives: "DNS:elsewhere.example" },
} satisfies Record<string, Saying>;
export type CertificateKind = keyof typeof SAYINGS;

/** Of the whole of it: openssl takes milliseconds for each. */
const OPENSSL_LIMIT = 20_000;

/** Why nothing about TLS can be judged. */
export const NO_OPENSSL = "there is no openssl here to make certificates with";

let made: Promise<Certificates> | undefined;

/** Made once for all cases of a process. Throws `NotApplicable` where there is no openssl. */
export const certificates = (): Promise<Certificates> => (made ??= Certificates.make());

/** Removes them: bun test ends without an exit that anybody could hear of. */
export async function removeCertificates(): Promise<void> {
  const gone = await made?.catch(() => undefined);
  made = undefined;
  gone?.remove();
}

export class Certificates {
  private constructor(readonly directory: string) {}

  static async make(): Promise<Certificates> {
    const directory = mkdtempSync(join(tmpdir(), "ft-certificates-"));
    const all = new Certificates(directory);
    process.on("exit", () => all.remove());
    await Promise.all(["ca", "nobody"].map((name) => all.#issuer(name)));
    await Promise.all(Object.entries(SAYINGS).map(([kind, saying]) => all.#issue(kind, saying)));
    return all;
  }

  /** The issuer that a client is to trust. */
  get ca(): string {
    return join(this.directory, "ca.pem");
  }

  /** What a client is told to pin it: its fingerprint, in hexadecimal digits. */
  pin(kind: CertificateKind): string {
    const { fingerprint256 } = new X509Certificate(this.pair(kind).cert);
    return `sha256:${fingerprint256.replaceAll(":", "").toLowerCase()}`;
  }

  pair(kind: CertificateKind): CertificatePair {
    const [certFile, keyFile] = [`${kind}.pem`, `${kind}.key`].map((name) =>
      join(this.directory, name),
    ) as [string, string];
    const [cert, key] = [readFileSync(certFile, "utf8"), readFileSync(keyFile, "utf8")];
    return { certFile, keyFile, cert, key };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #issuer(name: string): Promise<void> {
    const request = `req -x509 -new ${CURVE} -keyout ${name}.key -out ${name}.pem -days 2 -subj`;
    await this.#openssl([...request.split(" "), `/CN=ft ${name} ${crypto.randomUUID()}`]);
  }

  async #issue(kind: string, saying: Saying): Promise<void> {
    const { name = "ft", alternatives = HERE, days = 2, issuer = "ca" } = saying;
    const request = `req -new ${CURVE} -keyout ${kind}.key -out ${kind}.csr -subj /CN=${name}`;
    await this.#openssl(request.split(" "));
    writeFileSync(join(this.directory, `${kind}.ext`), `subjectAltName=${alternatives}\n`);
    const number = BigInt(`0x${crypto.randomUUID().replaceAll("-", "")}`) >> 2n;
    const by = `-CA ${issuer}.pem -CAkey ${issuer}.key -set_serial ${number} -days ${days}`;
    const sign = `x509 -req -in ${kind}.csr -out ${kind}.pem -extfile ${kind}.ext ${by}`;
    await this.#openssl(sign.split(" "));
  }

  async #openssl(args: string[]): Promise<void> {
    const options = { cwd: this.directory, timeout: OPENSSL_LIMIT, env: Bun.env } as const;
    let ran;
    try {
      ran = Bun.spawn(["openssl", ...args], { ...options, stdio: ["ignore", "ignore", "pipe"] });
    } catch {
      throw new NotApplicable(NO_OPENSSL);
    }
    const said = await ran.stderr.text();
    if ((await ran.exited) === 0) return;
    throw new NotApplicable(`openssl makes no certificate: ${said.trim().slice(-200)}`);
  }
}

const CURVE = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
