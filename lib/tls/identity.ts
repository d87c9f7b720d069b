// The server's certificate and private key, read and checked once, at the start.

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { Failure, systemCode } from "../errors.ts";
import { decodePem } from "./pem.ts";
import { computeFingerprint } from "./trust.ts";

/** A certificate, with those of its issuers behind it, and its private key, both as PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** By what a server proves who it is. */
export interface Identity extends KeyPair {
  /** SHA-256 of the certificate in 64 hexadecimal digits, which clients may pin. */
  readonly fingerprint: string;
}

/** The bits of a file mode that give access to the group and to others. */
const GROUP_AND_OTHERS = 0o077;

/**
 * Reads a certificate and its private key. Throws a `Failure` of kind `usage` if a file is missing or is not PEM, if the
 * key is encrypted or others can read it, if the two do not match, or if the certificate has expired.
 */
export function readIdentity(certFile: string, keyFile: string): Identity {
  const cert = readFile(certFile, "certificate");
  const certificate = parseCertificate(cert, certFile);
  const key = readFile(keyFile, "private key");
  if (!certificate.checkPrivateKey(parseKey(key, keyFile))) {
    const files = `${JSON.stringify(certFile)} and the key ${JSON.stringify(keyFile)}`;
    throw usage(`The certificate ${files} do not belong together.`);
  }
  const { validTo } = certificate;
  if (Date.parse(validTo) < Date.now()) {
    throw usage(`The certificate ${JSON.stringify(certFile)} expired on ${validTo}: renew it.`);
  }
  return { cert, key, fingerprint: computeFingerprint(certificate) };
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
    const why =
      systemCode(error) === "ERR_MISSING_PASSPHRASE"
        ? "is encrypted, and the server cannot ask for a passphrase: remove the passphrase, and chmod 600 the file"
        : "holds no private key in PEM form";
    throw usage(`The file ${JSON.stringify(path)} ${why}.`);
  }
}

/** Checks the mode of the open file, so that nobody can put another file in its place between check and read. */
function readFile(path: string, what: "certificate" | "private key"): string {
  let fd;
  try {
    fd = openSync(path, "r");
    if (what === "private key" && (fstatSync(fd).mode & GROUP_AND_OTHERS) !== 0) {
      throw usage(`The private key ${JSON.stringify(path)} is open to others: chmod 600 it.`);
    }
    return decodePem(readFileSync(fd));
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = systemCode(error);
    const why = code === "ENOENT" ? "there is no such file" : code;
    throw usage(`The ${what} ${JSON.stringify(path)} cannot be read: ${why}.`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function usage(sentence: string): Failure {
  return new Failure("usage", sentence);
}
