// Infers the dialect of a pair of programs from recordings of them.

import { parseDialect } from "../dialect/load.ts";
import type { Dialect } from "../dialect/types.ts";
import type { SuiteConfig } from "../subject/config.ts";
import { inferConversation, inferError } from "./infer-conversation.ts";
import { probeInvalid, replaceCommand } from "./invalid-command.ts";
import type { PairRecordings } from "./record-pair.ts";
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
  const get = inferConversation(recordings.get.filter(isSaved));
  const missing = inferError(recordings.missing, get);
  const request = replaceCommand(list, get, words);
  const invalid = await probeInvalid(config, request);
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

/** The client saved the file as it is: whatever is around it on the wire belongs to the wire. */
const isSaved = ({ saved, content }: PairRecordings["get"][number]): boolean =>
  saved?.equals(content) === true;
