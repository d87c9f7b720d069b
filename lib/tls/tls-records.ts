// TLS records as they pass on the wire, read without a key: how the stream began, and whether it ended as TLS ends.

/** The first byte of a TLS connection from a client: a record that holds a handshake (RFC 8446, section 5.1). */
const HANDSHAKE = 22;

/** The record types with which a server may begin: a handshake or, where it refuses, an alert. */
const BEGINNINGS: readonly number[] = [HANDSHAKE, 21];

/** The type of every encrypted record of TLS 1.3 (RFC 8446, section 5.2), and the size of its header in bytes. */
const ENCRYPTED = 23;
const HEADER = 5;

/** An encrypted alert in bytes: level and description, the true type, and the tag of 16 that all ciphers of TLS 1.3 in use have. */
const ALERT_LENGTH = 2 + 1 + 16;

/** How many bytes of the beginning are kept: enough for the line that a peer without TLS sends. */
const MAX_HEAD = 512;

/** True where a client that begins so speaks TLS. */
export function isHandshake(bytes: Uint8Array): boolean {
  return bytes[0] === HANDSHAKE;
}

/**
 * Follows the records of one direction. A FIN alone does not end a TLS connection, since anyone on the way can send one;
 * `close_notify` does, an alert that is authenticated (RFC 8446, section 6.1). Bun reports both in the same way, so that
 * the difference is told here: the last record is complete and of an alert's size. Two bytes of data in a record of their
 * own have that size, too; a cut right behind them is left to the announced length to find.
 */
export class RecordHeaders {
  readonly #header = new Uint8Array(HEADER);
  #have = 0;
  #left = 0;
  #head: Uint8Array = new Uint8Array();

  /** The bytes that came next, as they were on the wire. */
  push(bytes: Uint8Array): void {
    if (this.#head.length < MAX_HEAD) {
      this.#head = Buffer.concat([this.#head, bytes]).subarray(0, MAX_HEAD);
    }
    for (let at = 0; at < bytes.length;) {
      at += this.#left > 0 ? this.#skip(bytes.length - at) : this.#begin(bytes[at] ?? 0);
    }
  }

  /** True where the stream, if it ends here, ends with an alert. */
  get endsWithAlert(): boolean {
    return this.#have === HEADER && this.#left === 0 && this.#isAlert;
  }

  /** What a peer that does not speak TLS has said; undefined where it speaks TLS or has said nothing. */
  get plainText(): string | undefined {
    const [first] = this.#head;
    if (first === undefined || BEGINNINGS.includes(first)) return undefined;
    return Buffer.from(this.#head).toString();
  }

  get #length(): number {
    return ((this.#header[3] ?? 0) << 8) | (this.#header[4] ?? 0);
  }

  get #isAlert(): boolean {
    return this.#header[0] === ENCRYPTED && this.#length === ALERT_LENGTH;
  }

  #skip(most: number): number {
    const skipped = Math.min(this.#left, most);
    this.#left -= skipped;
    return skipped;
  }

  #begin(byte: number): 1 {
    if (this.#have === HEADER) this.#have = 0;
    this.#header[this.#have++] = byte;
    if (this.#have === HEADER) this.#left = this.#length;
    return 1;
  }
}
