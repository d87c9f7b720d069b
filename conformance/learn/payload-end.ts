// How payloads end: with the connection, with a silence, or with the same bytes.

import type { FrameKeys } from "./frame-guess.ts";
import { quoteTemplate } from "./infer-template.ts";
import type { PayloadSample } from "./payload-sample.ts";

/** Milliseconds of silence that end a payload if nobody else does. */
const SILENCE = 700;

/** How the end is told if nothing marks it. */
export function endingOf(samples: readonly PayloadSample[]): FrameKeys {
  const isEndedByServer = samples.some(({ endedBy }) => endedBy === "server");
  return isEndedByServer ? { frame: "close" } : { frame: "silence", ms: SILENCE };
}

/** The bytes with which every payload ends, behind the content. */
export function commonTail(samples: readonly PayloadSample[]): Buffer {
  const tails = samples.map(({ bytes, recording: { kind, content, names } }) => {
    const ends =
      kind === "list"
        ? names.map((name) => bytes.lastIndexOf(name) + Buffer.byteLength(name))
        : [bytes.lastIndexOf(content.subarray(-24)) + Math.min(24, content.length)];
    return bytes.subarray(Math.max(...ends));
  });
  const shortest = tails.toSorted((a, b) => a.length - b.length)[0] ?? Buffer.alloc(0);
  for (let length = shortest.length; length > 0; length--) {
    const tail = shortest.subarray(-length);
    if (tails.every((each) => each.subarray(-length).equals(tail))) return tail;
  }
  return Buffer.alloc(0);
}

/** The tail may begin with the separator of the list: shorter markers are tried as well. */
export function listTails(tail: Buffer): string[] {
  const texts = [quoteTemplate(tail)];
  for (let from = 1; from <= 3 && from < tail.length; from++)
    texts.push(quoteTemplate(tail.subarray(from)));
  return texts;
}
