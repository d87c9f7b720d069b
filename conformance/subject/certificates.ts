// Certificates for one run, valid and invalid ones: openssl makes them, and they are removed when the run ends.

import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NotApplicable } from "../spec/verdict.ts";
import { makeDirectory } from "./run-directory.ts";

/** One certificate and its key, as files and as text. */
export interface CertificatePair {
  certFile: string;
  keyFile: string;
  cert: string;
  key: string;
}

/** What is written in a certificate. */
interface CertificateContent {
  name?: string;
  alternatives?: string;
  days?: number;
  isEarly?: boolean;
  issuer?: string;
}

const HERE = "IP:127.0.0.1,IP:::1,DNS:localhost";
/** Each invalid one differs from a valid one in a single point. */
const CONTENTS = {
  good: { alternatives: HERE },
  /** Valid, with another key. */
  other: { alternatives: HERE },
  stranger: { alternatives: HERE, issuer: "nobody" },
  expired: { alternatives: HERE, days: -1 },
  /** It is valid from tomorrow on. */
  early: { alternatives: HERE, isEarly: true },
  elsewhere: { alternatives: "IP:127.0.0.9,DNS:elsewhere.example" },
  /** The address as a DNS name: an address matches only an address. */
  named: { alternatives: "DNS:127.0.0.1" },
  /** An address as the subject's common name alone. */
  common: { name: "127.0.0.1", alternatives: "DNS:elsewhere.example" },
} satisfies Record<string, CertificateContent>;
export type CertificateKind = keyof typeof CONTENTS;

/** For one call of openssl, which takes some milliseconds. */
const OPENSSL_LIMIT = 20_000;

/** Why no rule about TLS can be tested. */
export const NO_OPENSSL = "this machine has no openssl to make certificates with";

let made: Promise<Certificates> | undefined;

/** Made once for all cases of a process. Throws `NotApplicable` if there is no openssl. */
export const getCertificates = (): Promise<Certificates> => (made ??= Certificates.make());

/** Removes them. The exit handler is not enough, since bun test ends without calling it. */
export async function removeCertificates(): Promise<void> {
  const certificates = await made?.catch(() => undefined);
  made = undefined;
  certificates?.remove();
}

export class Certificates {
  private constructor(readonly directory: string) {}

  static async make(): Promise<Certificates> {
    const directory = makeDirectory("certificates-");
    const all = new Certificates(directory);
    await Promise.all(["ca", "nobody"].map((name) => all.#makeIssuer(name)));
    await Promise.all(
      Object.entries(CONTENTS).map(([kind, content]) => all.#makeCertificate(kind, content)),
    );
    return all;
  }

  /** The certificate of the issuer that a client trusts. */
  get ca(): string {
    return join(this.directory, "ca.pem");
  }

  /** The value with which a client pins a certificate: its fingerprint in hexadecimal digits. */
  pin(kind: CertificateKind): string {
    const { fingerprint256 } = new X509Certificate(this.pair(kind).cert);
    return `sha256:${fingerprint256.replaceAll(":", "").toLowerCase()}`;
  }

  pair(kind: CertificateKind): CertificatePair {
    const [certFile, keyFile] = [`${kind}.pem`, `${kind}.key`].map((name) =>
      join(this.directory, name),
    ) as [string, string];
    if (!existsSync(certFile))
      throw new NotApplicable(`this machine's openssl cannot make the certificate "${kind}"`);
    const [cert, key] = [readFileSync(certFile, "utf8"), readFileSync(keyFile, "utf8")];
    return { certFile, keyFile, cert, key };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #makeIssuer(name: string): Promise<void> {
    const request = `req -x509 -new ${CURVE} -keyout ${name}.key -out ${name}.pem -days 2 -subj`;
    await this.#runOpenssl([...request.split(" "), `/CN=ft ${name} ${crypto.randomUUID()}`]);
  }

  async #makeCertificate(kind: string, content: CertificateContent): Promise<void> {
    const { name = "ft", alternatives = HERE, days = 2, issuer = "ca", isEarly } = content;
    const request = `req -new ${CURVE} -keyout ${kind}.key -out ${kind}.csr -subj /CN=${name}`;
    await this.#runOpenssl(request.split(" "));
    writeFileSync(join(this.directory, `${kind}.ext`), `subjectAltName=${alternatives}\n`);
    if (isEarly) return this.#signEarly(kind);
    const number = BigInt(`0x${crypto.randomUUID().replaceAll("-", "")}`) >> 2n;
    const by = `-CA ${issuer}.pem -CAkey ${issuer}.key -set_serial ${number} -days ${days}`;
    const sign = `x509 -req -in ${kind}.csr -out ${kind}.pem -extfile ${kind}.ext ${by}`;
    await this.#runOpenssl(sign.split(" "));
  }

  /** Only `openssl ca` can choose the first day; an openssl without it makes no such certificate. */
  async #signEarly(kind: string): Promise<void> {
    const file = (name: string): string => join(this.directory, name);
    writeFileSync(file("ca.conf"), CA_CONFIG);
    writeFileSync(file("index.txt"), "");
    const [first, last] = [1, 3].map(formatDay);
    const command =
      `ca -batch -notext -config ca.conf -cert ca.pem -keyfile ca.key -create_serial ` +
      `-startdate ${first} -enddate ${last} -in ${kind}.csr -extfile ${kind}.ext -out ${kind}.pem`;
    await this.#runOpenssl(command.split(" ")).catch(() =>
      rmSync(file(`${kind}.pem`), { force: true }),
    );
  }

  async #runOpenssl(args: string[]): Promise<void> {
    const options = { cwd: this.directory, timeout: OPENSSL_LIMIT, env: Bun.env } as const;
    let openssl;
    try {
      openssl = Bun.spawn(["openssl", ...args], {
        ...options,
        stdio: ["ignore", "ignore", "pipe"],
      });
    } catch {
      throw new NotApplicable(NO_OPENSSL);
    }
    const message = await openssl.stderr.text();
    if ((await openssl.exited) === 0) return;
    throw new NotApplicable(`openssl cannot make a certificate: ${message.trim().slice(-200)}`);
  }
}

const CA_CONFIG = `[ca]
default_ca = one
[one]
database = index.txt
serial = serial.txt
new_certs_dir = .
default_md = sha256
policy = any
[any]
commonName = supplied
`;

const DAY = 24 * 3_600_000; // milliseconds

/** A day from now on, as openssl takes it: YYYYMMDDHHMMSSZ. */
const formatDay = (days: number): string =>
  new Date(Date.now() + days * DAY).toISOString().replace(/\D/g, "").slice(0, 14) + "Z";

const CURVE = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
