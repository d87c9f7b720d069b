// Whose certificate a client believes: that of an issuer it trusts for the name the user gave, or one it has been told.

import { readFileSync } from "node:fs";
import type { X509Certificate } from "node:crypto";
import { Failure, systemCode } from "../errors.ts";
import { sanitizeForDisplay } from "../text.ts";
import type { Handshake } from "./tls-socket.ts";

/** What makes a server's certificate believable. A pin stands for itself: issuer, name and dates are not looked at then. */
export interface Trust {
  /** The host as the user gave it: a name, or an IP address without brackets and zone. */
  readonly name: string;
  /** Certificates of the issuers to trust, as PEM; without it the system's. */
  readonly ca?: string | undefined;
  /** SHA-256 of the one certificate to trust, in 64 lower-case hexadecimal digits. */
  readonly pin?: string | undefined;
}

/** Puts a client's trust together. Throws a `Failure` of kind `usage` for a pin that is none, or a file without certificates. */
export function readTrust(host: string, caFile?: string, pin?: string): Trust {
  const name = host.replace(/^\[(.*)\]$/, "$1").replace(/%.*$|\.$/, "");
  if (caFile !== undefined && pin !== undefined) {
    throw new Failure("usage", "Give --ca or --pin, not both: a pin needs no issuer.");
  }
  return {
    name,
    ...(caFile === undefined ? {} : { ca: readIssuers(caFile) }),
    ...(pin === undefined ? {} : { pin: parsePin(pin) }),
  };
}

/** Reads `sha256:` and 64 hexadecimal digits, in either case and with colons where `openssl x509 -fingerprint` puts them. */
export function parsePin(text: string): string {
  const digits = /^sha256:((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})$/i.exec(text)?.[1];
  if (digits) return digits.replaceAll(":", "").toLowerCase();
  throw new Failure(
    "usage",
    `--pin takes sha256: and the 64 hexadecimal digits of a certificate's fingerprint, not "${sanitizeForDisplay(text.slice(0, 100))}".`,
  );
}

/** Returns the fingerprint of the server's certificate. Throws a `Failure` of kind `connect` where it is not to be believed. */
export function assertTrusted({ certificate, distrust }: Handshake, trust: Trust): string {
  if (!certificate) throw new Failure("connect", "The server showed no certificate.");
  const seen = computeFingerprint(certificate);
  const why =
    trust.pin === undefined
      ? (chainFault(certificate, distrust, seen) ?? nameFault(certificate, trust.name))
      : pinFault(trust.pin, seen);
  if (why) throw new Failure("connect", `The server is not to be trusted: ${why}`);
  return seen;
}

/** SHA-256 of the whole certificate. */
export function computeFingerprint(certificate: X509Certificate): string {
  return Bun.CryptoHasher.hash("sha256", certificate.raw, "hex");
}

function pinFault(pin: string, seen: string): string | undefined {
  if (pin === seen) return undefined;
  return `its certificate is sha256:${seen}, not the one that is pinned. If its operator says that it was renewed, pin the new one.`;
}

/** What is wrong with the issuer or the dates, from the verifier's own code; a wrong name is ours to find. */
function chainFault(
  { validFrom, validTo }: X509Certificate,
  code: string | undefined,
  seen: string,
): string | undefined {
  switch (code) {
    case undefined:
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return undefined;
    case "CERT_HAS_EXPIRED":
      return `its certificate, or its issuer's, has expired (its own on ${validTo}). Its operator must renew it.`;
    case "CERT_NOT_YET_VALID":
      return `its certificate is valid only from ${validFrom}. Is the clock of this host right?`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return `nobody whom this host trusts has issued its certificate. Name the issuer's file with --ca or, if the server's operator confirms this fingerprint, use --pin sha256:${seen}`;
    default:
      return `its certificate does not pass (${code}). Its fingerprint is sha256:${seen}`;
  }
}

/** An IPv4 or IPv6 address: it stands for itself in a certificate, and is not sent as a server name (RFC 6066, section 3). */
export function isAddress(name: string): boolean {
  return /^[0-9]+(\.[0-9]+){3}$|:/.test(name);
}

/** Only the alternative names count, and only those of the right kind (RFC 9525, sections 6.2 and 6.5). */
function nameFault(certificate: X509Certificate, name: string): string | undefined {
  const good = isAddress(name)
    ? certificate.checkIP(name)
    : certificate.checkHost(name, { subject: "never" });
  if (good) return undefined;
  const names = certificate.subjectAltName;
  if (!names) return `its certificate names no host (it has no subjectAltName).`;
  return `its certificate is for ${sanitizeForDisplay(names)}, and not for "${sanitizeForDisplay(name)}".`;
}

function readIssuers(path: string): string {
  const label = `The file ${JSON.stringify(path)} of --ca`;
  let text;
  try {
    text = readFileSync(path, "latin1");
  } catch (error) {
    throw new Failure("usage", `${label} cannot be read: ${systemCode(error)}.`);
  }
  if (/-----BEGIN (TRUSTED )?CERTIFICATE-----/.test(text)) return text;
  throw new Failure("usage", `${label} holds no certificate in PEM form.`);
}
