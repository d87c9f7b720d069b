// TLS records as they pass on the wire, followed without a key: what the stream was made of, and how it ended.

/** The types of RFC 8446, section 5.1: change of cipher, alert, handshake, and everything that is encrypted. */
const TYPES: readonly number[] = [20, 21, 22, 23];
const ENCRYPTED = 23;
const HEADER = 5;
/** An encrypted alert: two bytes, their true type, and the tag of 16 that the ciphers of TLS 1.3 have. */
const ALERT = 19;

/** One direction of a connection. */
export class TlsRecords {
  /** Something that is no record has come: then it is not TLS that is spoken here. */
  isForeign = false;
  readonly #header: number[] = [];
  #left = 0;

  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.isForeign;) {
      if (this.#left === 0) this.#begin(bytes[at++] ?? 0);
      else {
        const skipped = Math.min(this.#left, bytes.length - at);
        this.#left -= skipped;
        at += skipped;
      }
    }
  }

  /** Whether the last that came is a whole alert, as close_notify is. */
  get endsWithAlert(): boolean {
    const [type, , , high = 0, low = 0] = this.#header;
    const whole = this.#header.length === HEADER && this.#left === 0;
    return whole && type === ENCRYPTED && ((high << 8) | low) === ALERT;
  }

  #begin(byte: number): void {
    if (this.#header.length === HEADER) this.#header.length = 0;
    if (this.#header.length === 0 && !TYPES.includes(byte)) this.isForeign = true;
    this.#header.push(byte);
    const [, , , high = 0, low = 0] = this.#header;
    if (this.#header.length === HEADER) this.#left = (high << 8) | low;
  }
}
