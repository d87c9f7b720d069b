// The text of certificates and keys (RFC 7468), as the TLS library can read it.

import { decodeText } from "../text.ts";

/**
 * Leaves out byte order marks, also those between files that were joined: the library passes over a certificate whose first
 * line begins with one, without an error. It reads CR LF by itself.
 */
export function decodePem(bytes: Uint8Array): string {
  return decodeText(bytes).replaceAll("\ufeff", "");
}
