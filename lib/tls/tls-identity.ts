// The server's certificate and private key: read once, at the start, and refused there where no client could use them.

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { describe, Failure, systemCode } from "../errors.ts";
import type { KeyPair } from "./tls.ts";
import { computeFingerprint } from "./tls-trust.ts";

/** What a server proves itself with. */
export interface Identity extends KeyPair {
  /** SHA-256 of the certificate, in 64 hexadecimal digits: what clients may pin. */
  readonly fingerprint: string;
  /** The names that the certificate is for, as OpenSSL writes them; empty where it has none. */
  readonly names: string;
  readonly expires: Date;
}

/** The permissions of a file mode that let others read it. */
const OTHERS = 0o077;

/**
 * Reads a certificate, with those of its issuers behind it, and its private key. Throws a `Failure` of kind `usage` where one
 * is missing, is none, is encrypted or open to others, where they do not belong together, and where the time is over.
 */
export function readIdentity(certFile: string, keyFile: string): Identity {
  const cert = read(certFile, "certificate");
  const certificate = parseCertificate(cert, certFile);
  const key = readPrivate(keyFile);
  if (!certificate.checkPrivateKey(parseKey(key, keyFile))) {
    const files = `${JSON.stringify(certFile)} and the key ${JSON.stringify(keyFile)}`;
    throw usage(`The certificate ${files} do not belong together.`);
  }
  const expires = new Date(certificate.validTo);
  if (expires.getTime() < Date.now()) {
    throw usage(
      `The certificate ${JSON.stringify(certFile)} expired on ${certificate.validTo}: renew it.`,
    );
  }
  const names = certificate.subjectAltName ?? "";
  return { cert, key, fingerprint: computeFingerprint(certificate), names, expires };
}

function parseCertificate(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw usage(`The file ${JSON.stringify(path)} holds no certificate in PEM form.`);
  }
}

function parseKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const encrypted = systemCode(error) === "ERR_MISSING_PASSPHRASE";
    const why = encrypted
      ? "is encrypted, and a server has nobody to ask: take the passphrase off, and chmod 600 it"
      : "holds no private key in PEM form";
    throw usage(`The file ${JSON.stringify(path)} ${why}.`);
  }
}

/** The check is of the open file, so that no other can be put in its place. */
function readPrivate(path: string): string {
  return read(path, "private key", (fd) => {
    if ((fstatSync(fd).mode & OTHERS) === 0) return;
    throw usage(`The private key ${JSON.stringify(path)} is open to others: chmod 600 it.`);
  });
}

function read(path: string, what: string, check: (fd: number) => void = () => {}): string {
  const fd = open(path, what);
  try {
    check(fd);
    return readFileSync(fd, "latin1");
  } catch (error) {
    throw error instanceof Failure ? error : usage(`Cannot read ${what}: ${describe(error)}.`);
  } finally {
    closeSync(fd);
  }
}

function open(path: string, what: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    const why = systemCode(error) === "ENOENT" ? "there is no such file" : systemCode(error);
    throw usage(`The ${what} ${JSON.stringify(path)} cannot be read: ${why}.`);
  }
}

function usage(sentence: string): Failure {
  return new Failure("usage", sentence);
}
