// Integers as they stand on a wire: so many bytes in an order, or digits.

export interface Integer {
  encode(value: number): Buffer;
  /** What it looks like in text where a character is a byte. */
  pattern: string;
  decode(text: string): number;
}

const BINARY = /^([ui])(8|16|32|64)(be|le)?$/;
const DIGITS = /^(dec|hex)(\d*)$/;

/** `u16be`, `i32le`, `dec` (as many digits as it takes), `dec8` (padded with 0), `hex4`. */
export function findIntegerFormat(name: string): Integer | undefined {
  const binary = BINARY.exec(name);
  if (binary) return bytes(binary[1] === "i", Number(binary[2]) / 8, binary[3] !== "le");
  const digits = DIGITS.exec(name);
  return digits ? written(digits[1] === "hex" ? 16 : 10, Number(digits[2])) : undefined;
}

function bytes(signed: boolean, width: number, big: boolean): Integer {
  const ordered = (octets: Buffer): Buffer => (big ? octets : octets.reverse());
  const bits = width * 8;
  return {
    pattern: `[\\s\\S]{${width}}`,
    encode(value) {
      const unsigned = BigInt.asUintN(bits, BigInt(Math.trunc(value)));
      return ordered(Buffer.from(unsigned.toString(16).padStart(2 * width, "0"), "hex"));
    },
    decode(text) {
      const value = BigInt(`0x${ordered(Buffer.from(text, "latin1")).toString("hex")}`);
      return Number(signed ? BigInt.asIntN(bits, value) : value);
    },
  };
}

function written(base: 10 | 16, width: number): Integer {
  const digit = base === 16 ? "[0-9a-fA-F]" : "\\d";
  return {
    // Blanks in front, since some programs pad with them; the suite pads with 0.
    pattern: width > 0 ? `(?= *${digit})[ 0-9a-fA-F]{${width}}` : `${digit}+`,
    encode: (value) => Buffer.from(Math.trunc(value).toString(base).padStart(width, "0")),
    decode: (text) => Number.parseInt(text.trim(), base),
  };
}
