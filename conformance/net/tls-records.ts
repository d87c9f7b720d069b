// Follows TLS records on the wire without a key: whether the stream is TLS, and whether it ends with an alert.

/** The record types of RFC 8446, section 5.1: change_cipher_spec, alert, handshake, application_data. */
const TYPES: readonly number[] = [20, 21, 22, 23];
/** application_data, which hides the true type of every encrypted record. */
const ENCRYPTED = 23;
const HEADER_LENGTH = 5;
/** The length of an encrypted alert: two bytes, their true type, and the 16-byte tag of the TLS 1.3 ciphers. */
const ALERT_LENGTH = 19;

/** One direction of a connection. */
export class TlsRecords {
  /** Whether something arrived that is not a record, so that this is not TLS. */
  isForeign = false;
  readonly #header: number[] = [];
  /** Bytes of the record that have not arrived yet. */
  #missing = 0;

  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.isForeign;) {
      if (this.#missing === 0) this.#readHeader(bytes[at++] ?? 0);
      else {
        const skipped = Math.min(this.#missing, bytes.length - at);
        this.#missing -= skipped;
        at += skipped;
      }
    }
  }

  /** Whether the last record is a complete alert, such as close_notify. */
  get endsWithAlert(): boolean {
    const isComplete = this.#header.length === HEADER_LENGTH && this.#missing === 0;
    return isComplete && this.#header[0] === ENCRYPTED && this.#length === ALERT_LENGTH;
  }

  get #length(): number {
    const [, , , high = 0, low = 0] = this.#header;
    return (high << 8) | low;
  }

  #readHeader(byte: number): void {
    if (this.#header.length === HEADER_LENGTH) this.#header.length = 0;
    if (this.#header.length === 0 && !TYPES.includes(byte)) this.isForeign = true;
    this.#header.push(byte);
    if (this.#header.length === HEADER_LENGTH) this.#missing = this.#length;
  }
}
