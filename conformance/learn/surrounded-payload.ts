// Guesses at payloads with a text before them or a marker behind them.

import { isOpenEnded } from "../dialect/decode.ts";
import { Template } from "../dialect/template.ts";
import { type FrameGuess, GAP } from "./frame-guess.ts";
import { inferTemplate, quoteTemplate } from "./infer-template.ts";
import { commonTail, endingOf, listTails } from "./payload-end.ts";
import { isFile, type PayloadSample } from "./payload-sample.ts";

/** A text before it, and a marker behind it. */
export function* listSurrounded(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  for (const before of listOpenings(samples)) {
    const isAlone = before !== undefined && isOpenEnded(new Template(before));
    const ending = { ...endingOf(samples), ...(isAlone ? { gap: 300 } : {}) };
    const opening = before === undefined ? {} : { before };
    if (before?.includes("{size}")) {
      if (ending.frame !== "close") yield { keys: { frame: "length", size: "{size}" }, ...opening };
      yield { keys: ending, ...opening };
      yield { keys: { frame: "length", size: "{size}" }, ...opening };
    } else if (before !== undefined) yield { keys: ending, ...opening };
    for (const end of listTails(commonTail(samples)))
      if (end !== "")
        yield { keys: { frame: "sentinel", end, ...gapBeforeMarker(samples, end) }, ...opening };
  }
}

/** A marker that arrives by itself is sent so as well: some clients look at one recv(). */
const gapBeforeMarker = (samples: readonly PayloadSample[], end: string): { gap?: number } =>
  samples.every(({ pieces }) => pieces.length > 1 && quoteTemplate(pieces.at(-1) ?? "") === end)
    ? { gap: GAP }
    : {};

/** What may be said before the payload. */
function listOpenings(samples: readonly PayloadSample[]): (string | undefined)[] {
  const openings: (string | undefined)[] = [undefined];
  if (isFile(samples[0]!)) {
    const heads = samples.map(({ bytes, values, recording: { content } }) => ({
      bytes: bytes.subarray(0, Math.max(0, bytes.indexOf(content.subarray(0, 24)))),
      values,
    }));
    const text = heads.every(({ bytes }) => bytes.length > 0) ? inferTemplate(heads) : undefined;
    if (text !== undefined) openings.push(text);
    return openings;
  }
  return [...openings, ...listSizeHeads(samples), ...listLineHeads(samples)];
}

/** A number in front that is the length of the rest, alone or in a field of fixed width. */
function listSizeHeads(samples: readonly PayloadSample[]): string[] {
  const widths = samples.map(({ bytes }) => {
    const size = Number(/^\s*(\d+)/.exec(bytes.toString("latin1", 0, 64))?.[1] ?? Number.NaN);
    return bytes.length - size;
  });
  if (widths.some((width) => !(width > 0 && width <= 64))) return [];
  const heads = samples.map(({ bytes, values }, at) => ({
    bytes: bytes.subarray(0, widths[at]),
    values: { ...values, size: bytes.length - (widths[at] ?? 0) },
  }));
  const text = inferTemplate(heads);
  return text === undefined ? [] : [text];
}

/** The same line in front of every list. */
function listLineHeads(samples: readonly PayloadSample[]): string[] {
  const heads = samples.map(({ bytes, recording: { names } }) => {
    const first = Math.min(...names.map((name) => bytes.indexOf(name)).filter((at) => at >= 0));
    return bytes.subarray(0, first);
  });
  const [head] = heads;
  if (!head || head.length === 0 || !heads.every((each) => each.equals(head))) return [];
  const line = head.subarray(0, head.lastIndexOf(10) + 1);
  return line.length > 0 ? [quoteTemplate(line)] : [];
}
