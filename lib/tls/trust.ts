// Which server certificates a client trusts: those of a known issuer for the name of the host, or one pinned certificate.

import { readFileSync } from "node:fs";
import type { X509Certificate } from "node:crypto";
import { Failure, systemCode } from "../errors.ts";
import { sanitizeForDisplay } from "../text.ts";
import { decodePem } from "./pem.ts";
import type { Handshake } from "./tls-layer.ts";

/** What a client checks. With a pin it does not look at issuer, name and dates. */
export interface Trust {
  /** The host as the user gave it: a name, or an IP address without brackets and zone. */
  readonly name: string;
  /** Certificates of the issuers to trust, as PEM; undefined for those of the system. */
  readonly ca?: string | undefined;
  /** SHA-256 of the one certificate to trust, in 64 lower-case hexadecimal digits. */
  readonly pin?: string | undefined;
}

/** Reads what the user gave. Throws a `Failure` of kind `usage` for a malformed pin, or a file without certificates. */
export function readTrust(host: string, caFile?: string, pin?: string): Trust {
  const name = host.replace(/^\[(.*)\]$/, "$1").replace(/%.*$|\.$/, "");
  if (caFile !== undefined && pin !== undefined) {
    throw new Failure("usage", "Give --ca or --pin, not both: a pin needs no issuer.");
  }
  if (caFile !== undefined) return { name, ca: readIssuers(caFile) };
  return pin === undefined ? { name } : { name, pin: parsePin(pin) };
}

function readIssuers(path: string): string {
  const label = `The file ${JSON.stringify(path)} of --ca`;
  let text;
  try {
    text = decodePem(readFileSync(path));
  } catch (error) {
    throw new Failure("usage", `${label} cannot be read: ${systemCode(error)}.`);
  }
  if (/-----BEGIN (TRUSTED )?CERTIFICATE-----/.test(text)) return text;
  throw new Failure("usage", `${label} holds no certificate in PEM form.`);
}

/** Reads `sha256:` and 64 hexadecimal digits, in either case, with or without the colons of `openssl x509 -fingerprint`. */
export function parsePin(text: string): string {
  const digits = /^sha256:((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})$/i.exec(text)?.[1];
  if (digits) return digits.replaceAll(":", "").toLowerCase();
  throw new Failure(
    "usage",
    `--pin takes sha256: and the 64 hexadecimal digits of a certificate's fingerprint, not "${sanitizeForDisplay(text.slice(0, 100))}".`,
  );
}

/** Returns the fingerprint of the server's certificate. Throws a `Failure` of kind `connect` if it is not to be trusted. */
export function assertTrusted({ certificate, verifyError }: Handshake, trust: Trust): string {
  if (!certificate) throw new Failure("connect", "The server showed no certificate.");
  const fingerprint = computeFingerprint(certificate);
  const problem =
    trust.pin === undefined
      ? (checkChain(certificate, verifyError, fingerprint) ?? checkName(certificate, trust.name))
      : checkPin(trust.pin, fingerprint);
  if (problem) throw new Failure("connect", `The server cannot be trusted: ${problem}`);
  return fingerprint;
}

/** SHA-256 of the whole certificate. */
export function computeFingerprint(certificate: X509Certificate): string {
  return Bun.CryptoHasher.hash("sha256", certificate.raw, "hex");
}

/** An IPv4 or IPv6 address. TLS does not send it as a server name (RFC 6066, section 3). */
export function isAddress(name: string): boolean {
  return /^[0-9]+(\.[0-9]+){3}$|:/.test(name);
}

function checkPin(pin: string, fingerprint: string): string | undefined {
  if (pin === fingerprint) return undefined;
  return `its certificate is sha256:${fingerprint}, not the pinned one. If its operator says that it was renewed, pin the new one.`;
}

/** What is wrong with the issuer or the dates, by the verifier's error code. `checkName` checks the name. */
function checkChain(
  { validFrom, validTo }: X509Certificate,
  code: string | undefined,
  fingerprint: string,
): string | undefined {
  switch (code) {
    case undefined:
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return undefined;
    case "CERT_HAS_EXPIRED":
      return `its certificate (valid until ${validTo}) or the issuer's has expired. Its operator must renew it.`;
    case "CERT_NOT_YET_VALID":
      return `its certificate is valid only from ${validFrom}. Is the clock of this host right?`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return `this host does not know the issuer of its certificate. Name the issuer's file with --ca or, if the server's operator confirms this fingerprint, use --pin sha256:${fingerprint}`;
    default:
      return `its certificate is not valid (${code}). Its fingerprint is sha256:${fingerprint}`;
  }
}

/** Only subjectAltName counts, and there only names of the right type (RFC 9525, sections 6.2 and 6.5). */
function checkName(certificate: X509Certificate, name: string): string | undefined {
  const matches = isAddress(name)
    ? certificate.checkIP(name)
    : certificate.checkHost(name, { subject: "never" });
  if (matches) return undefined;
  const names = certificate.subjectAltName;
  if (!names) return `its certificate names no host (it has no subjectAltName).`;
  return `its certificate is for ${sanitizeForDisplay(names)}, and not for "${sanitizeForDisplay(name)}". Use a name of the certificate as SERVER_HOST.`;
}
