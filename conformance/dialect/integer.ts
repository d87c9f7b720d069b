// Integers on the wire: a number of bytes in an order, or digits.

export interface IntegerFormat {
  /** What it looks like in text in which a character is a byte. */
  pattern: string;
  /** Whether it has no fixed width, so that another digit may follow. */
  isOpenEnded: boolean;
  encode(value: number): Buffer;
  decode(text: string): number;
}

const BINARY = /^([ui])(8|16|32|64)(be|le)?$/;
const DIGITS = /^(dec|hex)(\d*)$/;

/** `u16be`, `i32le`, `dec` (as many digits as it takes), `dec8` (padded with 0), `hex4`. */
export function findIntegerFormat(name: string): IntegerFormat | undefined {
  const binary = BINARY.exec(name);
  if (binary) return binaryFormat(binary[1] === "i", Number(binary[2]) / 8, binary[3] !== "le");
  const digits = DIGITS.exec(name);
  return digits ? digitFormat(digits[1] === "hex" ? 16 : 10, Number(digits[2])) : undefined;
}

function binaryFormat(isSigned: boolean, width: number, isBigEndian: boolean): IntegerFormat {
  const order = (bytes: Buffer): Buffer => (isBigEndian ? bytes : bytes.reverse());
  const bits = width * 8;
  return {
    pattern: `[\\s\\S]{${width}}`,
    isOpenEnded: false,
    encode(value) {
      const unsigned = BigInt.asUintN(bits, BigInt(Math.trunc(value)));
      return order(Buffer.from(unsigned.toString(16).padStart(2 * width, "0"), "hex"));
    },
    decode(text) {
      const value = BigInt(`0x${order(Buffer.from(text, "latin1")).toString("hex")}`);
      return Number(isSigned ? BigInt.asIntN(bits, value) : value);
    },
  };
}

function digitFormat(base: 10 | 16, width: number): IntegerFormat {
  const digit = base === 16 ? "[0-9a-fA-F]" : "\\d";
  return {
    // Some programs pad with blanks in front; the suite pads with 0.
    pattern: width > 0 ? `(?= *${digit})[ 0-9a-fA-F]{${width}}` : `${digit}+`,
    isOpenEnded: width === 0,
    encode: (value) => Buffer.from(Math.trunc(value).toString(base).padStart(width, "0")),
    decode: (text) => Number.parseInt(text.trim(), base),
  };
}
