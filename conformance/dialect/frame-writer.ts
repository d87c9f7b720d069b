// What is asked for, as the suite sends it when it plays the server: framed, and cut into sends.

import type { Data } from "./types.ts";
import { encode, type Fill } from "./encode.ts";
import { findIntegerFormat } from "./integer.ts";

/** The sends that carry a payload, each of them one send(). */
export function framePayload(data: Data, payload: Uint8Array, values: Fill): Buffer[] {
  const bytes = Buffer.from(payload);
  const marked = data.frame === "sentinel" || (data.frame === "silence" && data.end !== undefined);
  if (marked) return separate(data, [bytes, encode(data.end ?? "", values)]);
  if (data.frame === "length") return [Buffer.concat([prefix(data, bytes), bytes])];
  if (data.frame === "pieces") return pieces(data, bytes, values);
  return [bytes];
}

// With a gap the marker must be a segment of its own; without, it must not be.
const separate = ({ gap }: Data, all: Buffer[]): Buffer[] => (gap ? all : [Buffer.concat(all)]);

const prefix = ({ prefix: name }: Data, { length }: Buffer): Buffer =>
  findIntegerFormat(name ?? "")?.encode(length) ?? Buffer.alloc(0);

function pieces(data: Data, bytes: Buffer, values: Fill): Buffer[] {
  const { first, piece = "{data}", end, ack, gap, of } = data;
  const cut = cuts(data, bytes).map((each) => encode(piece, { ...values, data: each }));
  const opening = first === undefined ? [] : [encode(first, values)];
  const closing = end === undefined ? [] : [encode(end, values)];
  if (ack !== undefined || (gap && of === "name")) return [...opening, ...cut, ...closing];
  // The blocks of a file may run together, since their width tells them apart; the marker may not.
  const body = Buffer.concat([...opening, ...cut]);
  return gap ? [body, ...closing] : [Buffer.concat([body, ...closing])];
}

/** As many bytes in a piece as most programs have in a buffer. */
const USUAL = 512;

function cuts({ of, max, count }: Data, bytes: Buffer): Buffer[] {
  if (count === 1) return [bytes];
  if (of === "name")
    return bytes
      .toString()
      .split("\n")
      .filter(Boolean)
      .map((each) => Buffer.from(each));
  const lines =
    of === "line" ? (bytes.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? []) : undefined;
  const whole = lines?.map((each) => Buffer.from(each, "latin1")) ?? [bytes];
  return whole.flatMap((each) => sliced(each, max ?? USUAL));
}

function sliced(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}
