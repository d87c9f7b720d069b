// Guesses at payloads that are cut into pieces, each behind its length.

import type { TemplateValues } from "../dialect/template.ts";
import type { FrameGuess } from "./frame-guess.ts";
import { inferTemplate, quoteTemplate } from "./infer-template.ts";
import { type LengthForm, listLengthForms, readSeries } from "./length-form.ts";
import { isFile, type PayloadSample } from "./payload-sample.ts";

/** Bytes that a length takes, at most. */
const WIDEST_LENGTH = 12;

/** Texts behind lengths: each holds a piece behind a tag; the first and the last may hold none. */
export function* listPrefixedPieces(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  for (const form of listLengthForms()) {
    yield* listOpenedPieces(samples, form);
    const series = samples.map(({ bytes }) => readSeries(bytes, form, 1));
    if (series.some((each) => each === undefined)) continue;
    const all = series.map((each) => each?.parts ?? []);
    const tag = commonTag(samples, all);
    if (tag === undefined) continue;
    const of = isFile(samples[0]!) ? lineWise(samples, all) : ({ of: "name" } as const);
    const max = Math.max(...all.flat().map(({ length }) => length)) - tag.length;
    const piece = `{${form.name}:${quoteField(tag)}{data}}`;
    const lasts = templateOf(
      samples,
      all.map((parts) => parts.at(-1)),
    );
    const firsts = templateOf(
      samples,
      all.map((parts) => parts[0]),
    );
    const limit = isFile(samples[0]!) && !("of" in of && of.of) ? { max } : {};
    const base = { frame: "pieces", piece, ...of, ...limit } as const;
    const end = lasts === undefined ? undefined : `{${form.name}:${lasts}}`;
    const first = firsts === undefined ? undefined : `{${form.name}:${firsts}}`;
    if (end !== undefined && first !== undefined) yield { keys: { ...base, first, end } };
    if (end !== undefined) yield { keys: { ...base, end } };
    yield { keys: { frame: "pieces", piece, count: 1 } };
    yield { keys: { ...base, size: "{size}" } };
    yield { keys: { ...base } };
  }
}

/** The same behind texts that stand in front of the first length. */
function* listOpenedPieces(
  samples: readonly PayloadSample[],
  form: LengthForm,
): Generator<FrameGuess> {
  const starts = samples.map((sample) => findPartStart(sample, form));
  if (starts.some((start) => start === undefined || start === 0)) return;
  const cut = samples.map(({ bytes, values }, at) => ({
    bytes: bytes.subarray(0, starts[at]),
    values,
  }));
  const before = inferTemplate(cut);
  if (before === undefined) return;
  const piece = `{${form.name}:{data}}`;
  const isOneFile = samples.every(isFile);
  const base = { frame: "pieces", piece } as const;
  if (!isOneFile) yield { keys: { ...base, of: "name" }, before };
  if (isOneFile) yield { keys: { ...base, of: "line", size: "{size}" }, before };
  yield { keys: { ...base, count: 1 }, before };
  yield { keys: { ...base, size: "{size}" }, before };
}

/** Where the length of the part begins that begins with the content. */
function findPartStart({ bytes, recording }: PayloadSample, form: LengthForm): number | undefined {
  const { kind, content, names } = recording;
  const needles = kind === "list" ? names : [content.toString("latin1").split("\n")[0] ?? ""];
  const found = needles.map((needle) => bytes.indexOf(needle)).filter((at) => at > 0);
  const first = Math.min(...found);
  for (let start = Math.max(0, first - WIDEST_LENGTH); start < first; start++) {
    const head = form.read(bytes, start);
    const isWhole = head && start + head.width === first && first + head.size <= bytes.length;
    if (isWhole && head.size > 0) return start;
  }
  return undefined;
}

const templateOf = (
  samples: readonly PayloadSample[],
  parts: readonly (Buffer | undefined)[],
): string | undefined =>
  inferTemplate(
    samples.map(({ values }, at) => ({
      bytes: parts[at] ?? Buffer.alloc(0),
      values: omitSize(values),
    })),
  );

const omitSize = ({ size: _, ...values }: TemplateValues): TemplateValues => values;

/** A tag of fixed width, filled with NULs, or any other bytes. */
const quoteField = (tag: Buffer): string => {
  const text = tag.toString("latin1").replace(/\0+$/, "");
  return tag.length - text.length >= 2
    ? `{pad${tag.length}:${quoteTemplate(text)}}`
    : quoteTemplate(tag);
};

const lineWise = (samples: readonly PayloadSample[], all: readonly Buffer[][]): { of?: "line" } => {
  const isByLine = samples.every(({ recording: { content } }, at) => {
    const lines = content.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
    return lines.length <= (all[at]?.length ?? 0) && lines.length > 0;
  });
  return isByLine ? { of: "line" } : {};
};

/** What stands in front of the content in each part that has some. */
function commonTag(
  samples: readonly PayloadSample[],
  all: readonly (readonly Buffer[])[],
): Buffer | undefined {
  const tags = samples.flatMap(({ recording: { kind, content, names } }, at) => {
    const parts = all[at] ?? [];
    const needles =
      kind === "list" ? names.map((name) => Buffer.from(name)) : [content.subarray(0, 12)];
    const found = parts.flatMap((part) =>
      needles.flatMap((needle) => {
        const from = needle.length > 0 ? part.indexOf(needle) : -1;
        return from < 0 ? [] : [part.subarray(0, from)];
      }),
    );
    return found.slice(0, 1);
  });
  const [first] = tags;
  return first && tags.length === samples.length && tags.every((tag) => tag.equals(first))
    ? first
    : undefined;
}
