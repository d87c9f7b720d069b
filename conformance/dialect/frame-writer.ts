// Frames a payload and cuts it into sends, when the suite plays the server.

import { encodeTemplate } from "./encode.ts";
import type { TemplateValues } from "./template.ts";
import type { Data } from "./types.ts";

/** The sends that carry a payload; each of them is one send(). */
export function framePayload(data: Data, payload: Uint8Array, values: TemplateValues): Buffer[] {
  const bytes = Buffer.from(payload);
  const end = data.end ? [encodeTemplate(data.end, values)] : [];
  if (data.frame === "sentinel" || data.frame === "silence") return joinUnlessGap(data, bytes, end);
  if (data.frame === "length")
    return [Buffer.concat([data.prefix?.encode(bytes.length) ?? Buffer.alloc(0), bytes])];
  return data.frame === "pieces" ? framePieces(data, bytes, end, values) : [bytes];
}

/** With a gap the marker is a segment of its own; without one it is in the same segment. */
const joinUnlessGap = ({ gap }: Data, body: Buffer, end: Buffer[]): Buffer[] =>
  gap ? [body, ...end] : [Buffer.concat([body, ...end])];

function framePieces(data: Data, bytes: Buffer, end: Buffer[], values: TemplateValues): Buffer[] {
  const { first, piece, ack, gap, of } = data;
  const opening = first ? [encodeTemplate(first, values)] : [];
  const pieces = cutPayload(data, bytes).map((content) =>
    piece ? encodeTemplate(piece, { ...values, data: content }) : content,
  );
  if (ack || (gap && of === "name")) return [...opening, ...pieces, ...end];
  // The blocks of a file may run together, since their width separates them. The marker may not.
  return joinUnlessGap(data, Buffer.concat([...opening, ...pieces]), end);
}

/** Bytes in a piece: most programs have a buffer of this size. */
const PIECE_SIZE = 512;

function cutPayload({ of, max = PIECE_SIZE, count }: Data, bytes: Buffer): Buffer[] {
  if (count === 1) return [bytes];
  const text = bytes.toString("latin1");
  const toBytes = (part: string): Buffer => Buffer.from(part, "latin1");
  if (of === "name") return text.split("\n").filter(Boolean).map(toBytes);
  const lines = of === "line" ? (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map(toBytes) : [bytes];
  return lines.flatMap((line) => slice(line, max));
}

function slice(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}
