// TLS records as they pass on the wire: reads only their headers, which needs no key.

/** The first byte of a record that holds a handshake (RFC 8446, section 5.1): every TLS client begins with it. */
const HANDSHAKE = 22;

/** The record types that a server may send first: a handshake, or an alert if it refuses. */
const FIRST_TYPES: readonly number[] = [HANDSHAKE, 21];

/** The type of every encrypted record of TLS 1.3 (RFC 8446, section 5.2), and the size of its header in bytes. */
const ENCRYPTED = 23;
const HEADER_SIZE = 5;

/** Size of an encrypted alert in bytes: level and description, the true type, and a tag of 16, as all common ciphers of TLS 1.3 have. */
const ALERT_SIZE = 2 + 1 + 16;

/** How many of the first bytes are kept: enough for the line that a peer without TLS sends. */
const MAX_HEAD = 512;

/** True if a client that sends these bytes first speaks TLS. */
export function isHandshake(bytes: Uint8Array): boolean {
  return bytes[0] === HANDSHAKE;
}

/**
 * Follows the records of one direction, to know how it ended. Anyone on the way can send a FIN; only the peer can send
 * `close_notify`, an encrypted alert (RFC 8446, section 6.1). Bun reports both in the same way. We tell them apart by
 * the last record: it must be complete and as long as an alert. A record with two bytes of data is as long, too; if the
 * connection is cut right behind one, the announced length still shows that bytes are missing.
 */
export class RecordHeaders {
  readonly #header = new Uint8Array(HEADER_SIZE);
  #headerLength = 0;
  #payloadLeft = 0;
  #head: Uint8Array = new Uint8Array();

  /** Takes the next bytes from the wire. */
  push(bytes: Uint8Array): void {
    if (this.#head.length < MAX_HEAD) {
      this.#head = Buffer.concat([this.#head, bytes]).subarray(0, MAX_HEAD);
    }
    for (let at = 0; at < bytes.length;) {
      if (this.#payloadLeft === 0) this.#pushHeader(bytes[at++] ?? 0);
      else {
        const skipped = Math.min(this.#payloadLeft, bytes.length - at);
        this.#payloadLeft -= skipped;
        at += skipped;
      }
    }
  }

  /** True if the last record is a whole alert. */
  get endsWithAlert(): boolean {
    const isWhole = this.#headerLength === HEADER_SIZE && this.#payloadLeft === 0;
    return isWhole && this.#header[0] === ENCRYPTED && this.#length === ALERT_SIZE;
  }

  /** What a peer without TLS sent; undefined if the peer speaks TLS or sent nothing. */
  get plainText(): string | undefined {
    const [first] = this.#head;
    if (first === undefined || FIRST_TYPES.includes(first)) return undefined;
    return Buffer.from(this.#head).toString();
  }

  get #length(): number {
    return ((this.#header[3] ?? 0) << 8) | (this.#header[4] ?? 0);
  }

  #pushHeader(byte: number): void {
    if (this.#headerLength === HEADER_SIZE) this.#headerLength = 0;
    this.#header[this.#headerLength++] = byte;
    if (this.#headerLength === HEADER_SIZE) this.#payloadLeft = this.#length;
  }
}
