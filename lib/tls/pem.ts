// The text of certificates and keys (RFC 7468), as the TLS library can read it.

import { decodeText } from "../text.ts";

/**
 * Removes byte order marks, also those between files that were joined: the library skips a certificate whose first line begins
 * with one, and reports no error. CR LF stays, because the library accepts it.
 */
export function decodePem(bytes: Uint8Array): string {
  return decodeText(bytes).replaceAll("\ufeff", "");
}
