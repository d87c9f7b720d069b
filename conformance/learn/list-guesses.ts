// The guesses at how a payload is framed, those that say most first.

import { type FrameGuess, GAP } from "./frame-guess.ts";
import { quoteTemplate } from "./infer-template.ts";
import { LENGTH_FORMS } from "./length-form.ts";
import { listBlocks } from "./payload-blocks.ts";
import { commonTail, endingOf, listTails } from "./payload-end.ts";
import { isFile, type PayloadSample } from "./payload-sample.ts";
import { listPrefixedPieces } from "./prefixed-pieces.ts";
import { listSurrounded } from "./surrounded-payload.ts";

export function* listGuesses(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  if (samples.length === 0) return;
  yield* listLengths();
  if (samples.some(({ answers }) => answers.length > 0)) yield* listAnswered(samples);
  yield* listBare(samples);
  yield* listPrefixedPieces(samples);
  yield* listBlocks(samples);
  yield* listNamePieces(samples);
  yield* listSurrounded(samples);
  yield { keys: endingOf(samples), isLenient: true };
}

/** A length in front of it, in bytes or in digits. */
function* listLengths(): Generator<FrameGuess> {
  for (const prefix of [...LENGTH_FORMS, "dec"]) {
    yield { keys: { frame: "length", prefix } };
    yield { keys: { frame: "length", prefix }, after: "\0" };
  }
}

/** Nothing around it. */
function* listBare(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  const ending = endingOf(samples);
  const hasAnnouncement = samples.every(
    ({ recording, head, values }) =>
      isFile({ recording } as PayloadSample) &&
      head.some(
        (event) =>
          event.kind === "turn" &&
          event.by === "server" &&
          new RegExp(`\\b${values["size"]}\\b`).test(event.bytes.toString("latin1")),
      ),
  );
  if (ending.frame === "silence" && hasAnnouncement)
    yield { keys: { frame: "length", size: "{size}" } };
  yield { keys: ending };
  // Padding that the client does not save.
  if (samples.some(({ bytes }) => bytes.includes(0)))
    yield { keys: { ...ending, remove: [String.raw`\x00+$`] } };
}

/** Each piece is answered by the client. */
function* listAnswered(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  const acks = [...new Set(samples.flatMap(({ answers }) => answers.map(quoteTemplate)))];
  const [ack] = acks;
  if (ack === undefined || acks.length !== 1) return;
  const end = commonTail(samples);
  const isByLine = samples.some(
    ({ recording: { content }, answers }) =>
      answers.length > 1 &&
      content.toString("latin1").trimEnd().split("\n").length === answers.length,
  );
  const of = isByLine ? ({ of: "line" } as const) : {};
  const sizes = samples.flatMap(({ pieces }) => pieces.map(({ length }) => length));
  const max = isByLine ? {} : { max: Math.max(...sizes) };
  for (const tail of listTails(end))
    yield {
      keys: {
        frame: "pieces",
        piece: "{data}",
        ...of,
        ...max,
        ack,
        ...(tail === "" ? {} : { end: tail }),
      },
    };
}

/** Names that arrive one by one, with nothing but time between them. */
function* listNamePieces(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  const isNames = samples.every(
    ({ recording: { kind, names }, pieces }) =>
      kind === "list" &&
      pieces.filter((piece) => names.includes(piece.toString())).length > names.length / 2,
  );
  if (!isNames) return;
  for (const end of listTails(commonTail(samples)))
    yield {
      keys: {
        frame: "pieces",
        piece: "{data}",
        of: "name",
        ...(end === "" ? {} : { end }),
        gap: GAP,
      },
    };
}
