// Loads a dialect from its file: parses it, fills in what it may leave out, and checks it.

import { basename, resolve } from "node:path";
import { checkDialect } from "./check.ts";
import {
  parseDialectTable,
  type WrittenConversation,
  type WrittenDialect,
  type WrittenError,
} from "./schema.ts";
import { shippedDialects } from "./shipped.ts";
import { dataOpener } from "./steps.ts";
import { Template } from "./template.ts";
import type { Abilities, Conversation, Dialect, ErrorKind, ErrorText } from "./types.ts";

/** Loads a dialect by its name in dialects/, or by its path. */
export async function loadDialect(nameOrPath: string): Promise<Dialect> {
  const shipped = shippedDialects.get(nameOrPath);
  if (shipped !== undefined) return parseDialect(shipped, `${nameOrPath}.toml`);
  const path = resolve(nameOrPath);
  const file = Bun.file(path);
  if (!(await file.exists()))
    throw new Error(
      `no dialect and no file is called ${nameOrPath}; write the name of a shipped dialect, or the path of a TOML file`,
    );
  return parseDialect(await file.text(), basename(path));
}

/** Parses the text of a dialect; an error names the file and the key. */
export function parseDialect(text: string, file: string): Dialect {
  let table: object;
  try {
    table = Bun.TOML.parse(text);
  } catch (error) {
    throw new Error(
      `${file}: this is not valid TOML: ${error instanceof Error ? error.message : error}`,
    );
  }
  const dialect = complete(parseDialectTable(table, file));
  checkDialect(dialect, file);
  return dialect;
}

function complete(written: WrittenDialect): Dialect {
  const { errors = {}, abilities = {}, listing, list, get, invalid, nameless, ...rest } = written;
  return {
    ...rest,
    listing: { separator: "\n", ...listing },
    abilities: completeAbilities(abilities),
    errors: {
      missing: completeError(errors.missing, get, "missing"),
      invalid: completeError(errors.invalid, invalid, "invalid"),
    },
    list: completeConversation({ data: { frame: "close" }, ...list }),
    get: completeConversation({ data: { frame: "close" }, ...get }),
    invalid: completeConversation(invalid),
    ...(nameless && { nameless: completeConversation(nameless) }),
  };
}

function completeConversation({ data, ...rest }: WrittenConversation): Conversation {
  const on = dataOpener(rest) === "nobody" ? "P" : "Q";
  return { ...rest, ...(data && { data: { on, ...data } }) };
}

function completeAbilities(written: NonNullable<WrittenDialect["abilities"]>): Abilities {
  const { dataPorts, ...rest } = written;
  if (typeof dataPorts === "number") return { ...rest, dataOffset: dataPorts };
  return { ...rest, ...(dataPorts && { dataPorts }) };
}

// The step that the error replaces gives what the table of errors leaves out.
function completeError(
  written: WrittenError = {},
  { steps }: WrittenConversation,
  kind: ErrorKind,
): ErrorText {
  const at = steps.findIndex((step) => kind in step);
  const step = steps[at];
  const reply = step && "say" in step ? step : undefined;
  const say = written.say ?? reply?.[kind] ?? new Template("");
  const isSilent = say.isEmpty && written.match === undefined;
  const earlier = at < 0 ? steps : steps.slice(0, at);
  return {
    on: reply?.on ?? (isSilent ? "none" : "P"),
    q: earlier.some((each) => "q" in each),
    ...written,
    say,
  };
}
