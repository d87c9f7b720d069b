// A dialect as people write it: read, checked, and completed by what they may leave out.

import { basename, resolve } from "node:path";
import type { Abilities, Conversation, Dialect, ErrorText, ListingFormat, Say } from "./types.ts";
import { dataOpener } from "./types.ts";
import type { PortRange } from "../net/ports.ts";
import { checkDialect } from "./schema.ts";
import { shippedDialects } from "./shipped.ts";

/** Reads a dialect by its name in dialects/, or by its path. */
export async function loadDialect(from: string): Promise<Dialect> {
  const shipped = shippedDialects.get(from);
  if (shipped !== undefined) return parseDialect(shipped, `${from}.toml`);
  const path = resolve(from);
  const source = Bun.file(path);
  if (!(await source.exists())) throw new Error(`no dialect is called ${from}, and no file either`);
  return parseDialect(await source.text(), basename(path));
}

/** A dialect from its text; what is wrong with it is said with the file and the key. */
export function parseDialect(text: string, file: string): Dialect {
  let raw: object;
  try {
    raw = Bun.TOML.parse(text);
  } catch (error) {
    throw new Error(`${file}: this is not TOML: ${error instanceof Error ? error.message : error}`);
  }
  checkDialect(raw, file);
  return completed(raw as Written);
}

type Ports = number | PortRange | string;
type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/** A dialect as people write it: much may be left out. */
interface Written extends Omit<Dialect, "errors" | "abilities" | "listing"> {
  errors?: { missing?: Loose<ErrorText>; invalid?: Loose<ErrorText> };
  listing?: Loose<ListingFormat>;
  abilities?: Omit<Abilities, "serverPorts" | "dataPorts"> & {
    serverPorts?: Ports;
    dataPorts?: Ports;
  };
}

function completed(written: Written): Dialect {
  const { errors = {}, listing, abilities = {}, list, get, invalid, nameless } = written;
  return {
    ...written,
    listing: { separator: "\n", ...listing } as ListingFormat,
    abilities: ported(abilities),
    errors: {
      missing: failure(errors.missing, get, "missing"),
      invalid: failure(errors.invalid, invalid, "invalid"),
    },
    list: whole(list),
    get: whole(get),
    invalid,
    ...(nameless ? { nameless } : {}),
  };
}

function whole(conversation: Conversation): Conversation {
  const { data, steps } = conversation;
  const on = dataOpener({ steps }) === "nobody" ? "P" : "Q";
  return { ...conversation, data: { ...({ on, frame: "close" } as const), ...data } };
}

function ported(given: NonNullable<Written["abilities"]>): Abilities {
  const { serverPorts, dataPorts, ...rest } = given;
  const range = (ports: Ports | undefined): PortRange | undefined =>
    typeof ports === "number"
      ? { from: ports, to: ports }
      : typeof ports === "object"
        ? ports
        : undefined;
  const [server, data] = [range(serverPorts), range(dataPorts)];
  const offset = typeof dataPorts === "string" ? Number(/\d+/.exec(dataPorts)?.[0]) : undefined;
  return {
    ...rest,
    ...(server ? { serverPorts: server } : {}),
    ...(data ? { dataPorts: data } : {}),
    ...(offset === undefined ? {} : { dataOffset: offset }),
  };
}

// The step in whose place the failure comes tells all that the table of errors leaves out.
function failure(
  given: Loose<ErrorText> = {},
  { steps }: Conversation,
  what: "missing" | "invalid",
): ErrorText {
  const at = steps.findIndex((step) => what in step);
  const step = steps[at] as Say | undefined;
  const before = at < 0 ? steps : steps.slice(0, at);
  const say = given.say ?? step?.[what] ?? "";
  const on = given.on ?? step?.on ?? (say === "" && given.match === undefined ? "none" : "P");
  const q = given.q ?? before.some((each) => "q" in each);
  const { match, after } = given;
  return { on, say, q, ...(match === undefined ? {} : { match }), ...(after ? { after } : {}) };
}
