// A dialect: what one program says on the wire, as data, so that the same rules can judge any.

import { basename, resolve } from "node:path";
import type { PortRange } from "./ports.ts";

/** One step of a conversation, from the client's side. */
export type Step =
  | { send: string }
  | { expect: string; say?: string }
  | { q: "accept" | "connect" }
  | { sleep: number };

export interface Conversation {
  steps: Step[];
  /** Where the payload travels, and how its end is told. */
  data?: { on: "Q" | "P"; frame: string };
  /** Steps on P once the payload has come. */
  after?: Step[];
}

export type Kind = "list" | "get" | "invalid" | "nameless";
export const KINDS: readonly Kind[] = ["list", "get", "invalid", "nameless"];

/** How the text of a failure is known, and how the suite words it when it plays the server. */
export interface ErrorText {
  match?: string;
  say: string;
  /** Whether Q is open by then. */
  q: boolean;
}

/** What the program cannot do, so that a rule about it is not applicable. */
export interface Abilities {
  textOnly?: boolean;
  maxFile?: number;
  serverPorts?: PortRange;
  dataPorts?: PortRange;
}

export interface Dialect {
  name: string;
  about: string;
  options?: { heard: string; say: string }[];
  errors: { missing: ErrorText; invalid: ErrorText };
  listing: { separator: string };
  abilities?: Abilities;
  list: Conversation;
  get: Conversation;
  invalid: Conversation;
  nameless?: Conversation;
}

/** What fills the holes of a template. */
export type Fill = Record<string, string | number>;

const HOLE = /\{(\w+)\}/g;

/** A template with its holes filled; a hole without a value is a mistake in the dialect. */
export function fill(template: string, values: Fill): string {
  return template.replace(HOLE, (hole, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new Error(`the dialect asks for ${hole}, which has no value here`);
    return String(value);
  });
}

const DIGITS = new Set(["dport", "sport", "offset", "size"]);

/** What a template looks like on the wire when somebody else has filled it. */
export function pattern(template: string): RegExp {
  const parts = template.split(HOLE).map((part, at) => (at % 2 ? hole(part) : quoted(part)));
  return new RegExp(`^${parts.join("")}`);
}

const hole = (name: string): string => `(?<${name}>${DIGITS.has(name) ? "\\d+" : "[^\\n]*"})`;
// A CR before the LF is tolerated: the rule about line ends is judged by itself.
const quoted = (text: string): string =>
  text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("\n", "\\r?\\n");

/** Reads a dialect by its name in dialects/, or by its path. */
export async function loadDialect(from: string): Promise<Dialect> {
  const shipped = resolve(import.meta.dir, "dialects", `${from}.toml`);
  const path = (await Bun.file(shipped).exists()) ? shipped : resolve(from);
  const source = Bun.file(path);
  if (!(await source.exists())) throw new Error(`no dialect is called ${from}, and no file either`);
  return checked(Bun.TOML.parse(await source.text()), basename(path));
}

// Names the file, the key and what is wrong with it: a teacher writes these by hand.
function checked(raw: object, file: string): Dialect {
  const dialect = raw as Partial<Dialect>;
  for (const key of ["name", "about", "errors", "listing", "list", "get", "invalid"] as const) {
    if (dialect[key] === undefined) throw new Error(`${file}: ${key} is missing`);
  }
  for (const kind of KINDS) checkSteps(dialect[kind], `${file}: ${kind}`);
  return dialect as Dialect;
}

const VERBS = ["send", "expect", "q", "sleep"];

function checkSteps(conversation: Conversation | undefined, where: string): void {
  const steps = [...(conversation?.steps ?? []), ...(conversation?.after ?? [])];
  steps.forEach((step, at) => {
    const verbs = Object.keys(step).filter((key) => VERBS.includes(key));
    if (verbs.length === 1) return;
    throw new Error(`${where}: step ${at + 1} needs exactly one of ${VERBS.join(", ")}`);
  });
}
