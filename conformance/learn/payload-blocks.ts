// Guesses at payloads that are cut into blocks of one width, filled with NULs.

import type { FrameGuess } from "./frame-guess.ts";
import { quoteTemplate } from "./infer-template.ts";
import { commonTail, listTails } from "./payload-end.ts";
import { isFile, type PayloadSample } from "./payload-sample.ts";

/** Blocks of one width, filled with NULs. */
export function* listBlocks(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  const width = isFile(samples[0]!) ? fileBlock(samples) : nameBlock(samples);
  if (width === undefined) return;
  const of = isFile(samples[0]!) ? { max: width.filled } : ({ of: "name" } as const);
  const piece = `{pad${width.size}:{data}}`;
  const tails = new Set(
    samples.map(({ bytes }) =>
      bytes.subarray(bytes.length - (bytes.length % width.size || width.size)).toString("latin1"),
    ),
  );
  const [tail] = tails;
  const isEndMarked = tails.size === 1 && tail !== undefined;
  if (isEndMarked) {
    yield { keys: { frame: "pieces", piece, ...of, end: quoteTemplate(tail) } };
    const text = tail.replace(/\0+$/, "");
    if (tail.length - text.length > 1 && text !== "")
      yield {
        keys: { frame: "pieces", piece, ...of, end: `{pad${tail.length}:${quoteTemplate(text)}}` },
      };
  }
  for (const end of listTails(commonTail(samples)))
    yield { keys: { frame: "pieces", piece, ...of, ...(end === "" ? {} : { end }) } };
  yield { keys: { frame: "pieces", piece: `{cstr${width.size}:{data}}`, ...of } };
}

interface Block {
  size: number;
  /** How many of its bytes hold content. */
  filled: number;
}

function fileBlock(samples: readonly PayloadSample[]): Block | undefined {
  const largest = samples.toSorted((a, b) => b.bytes.length - a.bytes.length)[0];
  if (!largest) return undefined;
  const {
    bytes,
    recording: { content },
  } = largest;
  let filled = 0;
  while (filled < content.length && bytes[filled] === content[filled]) filled++;
  if (filled < content.length) {
    const next = bytes.indexOf(content.subarray(filled, filled + 24), filled);
    return next < 0 ? undefined : { size: next, filled };
  }
  let end = filled;
  while (end < bytes.length && bytes[end] === 0) end++;
  return end === filled ? undefined : { size: end, filled: end - 1 };
}

function nameBlock(samples: readonly PayloadSample[]): Block | undefined {
  const sizes = samples.map(({ bytes, recording: { names } }) => {
    const starts = names.map((name) => bytes.indexOf(`${name}\0`)).filter((at) => at >= 0);
    return starts.reduce((common, at) => divisor(common, at), 0);
  });
  const size = sizes.reduce(divisor, 0);
  return size >= 16 ? { size, filled: size - 1 } : undefined;
}

const divisor = (one: number, other: number): number =>
  other === 0 ? one : divisor(other, one % other);
