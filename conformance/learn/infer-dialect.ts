// Infers the dialect of a pair of programs from recordings of them.

import { parseDialect } from "../dialect/load.ts";
import type { Dialect } from "../dialect/types.ts";
import type { SuiteConfig } from "../subject/config.ts";
import { type ConversationGuess, inferConversation, inferError } from "./infer-conversation.ts";
import { probeInvalid, replaceCommand } from "./invalid-command.ts";
import type { PairRecordings } from "./record-pair.ts";
import type { Recording } from "./recording.ts";
import { writeDialect } from "./write-dialect.ts";

export interface InferredDialect {
  text: string;
  dialect: Dialect;
}

/** Throws `NotInferred` if a part of the wire has no explanation. */
export async function inferDialect(
  config: SuiteConfig,
  recordings: PairRecordings,
): Promise<InferredDialect> {
  const { words, offset } = recordings;
  const list = inferConversation(recordings.list);
  const get = inferTransfer(recordings.get);
  const missing = inferError(recordings.missing, get);
  const request = replaceCommand(list, get, words);
  const invalid = await probeInvalid(config, request, list.steps);
  const guess = {
    list,
    get,
    invalid: invalid.steps,
    missing,
    refusal: invalid.refusal,
    words,
    offset,
  };
  const text = writeDialect(guess);
  return { text, dialect: parseDialect(text, "inferred.toml") };
}

/**
 * The wire of a file. What the client does not save belongs to the wire, if it saves the file as it is; if not, one of
 * the two is wrong, and the wire is inferred from what was saved, or from the content that was sent.
 */
function inferTransfer(recordings: readonly Recording[]): ConversationGuess {
  const views = [
    recordings.filter(isSaved),
    recordings.flatMap((each) => (each.saved ? [{ ...each, content: each.saved }] : [])),
    recordings,
    // Some wires take the last line end away, and the client adds one.
    recordings.map((each) => ({ ...each, content: trimLineEnd(each.content) })),
    // Some servers lose the last byte, whatever it is.
    recordings.map((each) => ({ ...each, content: each.content.subarray(0, -1) })),
  ];
  let problem: unknown;
  for (const view of views) {
    try {
      return inferConversation(view);
    } catch (error) {
      problem ??= error;
    }
  }
  throw problem;
}

const trimLineEnd = (content: Buffer): Buffer =>
  content.at(-1) === 10 ? content.subarray(0, -1) : content;

/** The client saved the file as it is. */
const isSaved = ({ saved, content }: PairRecordings["get"][number]): boolean =>
  saved?.equals(content) === true;
