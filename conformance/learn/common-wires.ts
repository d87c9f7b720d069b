// The wires that most programs speak, for a program that is given alone: a request on P, and bytes on Q until its end.

import { parseDialect } from "../dialect/load.ts";
import type { Dialect } from "../dialect/types.ts";
import { formatKeys, quoteToml } from "./toml.ts";

/** How a list, a file and an invalid command are asked for. */
const REQUESTS: readonly (readonly [list: string, get: string, invalid: string])[] = [
  ["-l {dport}", "-g {file} {dport}", "-x {dport}"],
  ["-l {dport}", "-g {dport} {file}", "-x {dport}"],
  ["{dport} -l", "{dport} -g {file}", "{dport} -x"],
  ["list {dport}", "get {file} {dport}", "nope {dport}"],
  ["LIST {dport}", "GET {file} {dport}", "NOPE {dport}"],
  ["ls {dport}", "get {file} {dport}", "nope {dport}"],
  ["l {dport}", "g {file} {dport}", "x {dport}"],
];

const ENDS = ["\n", "", "\0", " \n", "\r\n"];

export interface Wire {
  /** How the report names it. */
  name: string;
  text: string;
  /** The request for the list. */
  list: string;
  dialect: Dialect;
}

/** The wires with the most usual first. A server that greets says `greeting` before it hears anything. */
export const listCommonWires = (greeting = ""): Wire[] =>
  ENDS.flatMap((end) =>
    REQUESTS.map(([list, get, invalid]) =>
      makeWire({ list: list + end, get: get + end, invalid: invalid + end, greeting }),
    ),
  );

export interface WireRequests {
  list: string;
  get: string;
  invalid: string;
  greeting?: string;
  /** The words of the client's command line, if they are not -l and -g. */
  words?: { list: string; get: string; invalid: string };
}

export function makeWire({ list, get, invalid, greeting = "", words }: WireRequests): Wire {
  const hello = greeting === "" ? "" : `{ say = ${quoteToml(greeting)} }, `;
  const steps = (send: string, q: string): string =>
    `steps = [${hello}{ send = ${quoteToml(send)} }${q}]`;
  const text = [
    "# One request on P; the server opens Q, and its end is the end of what it carries.",
    'name = "inferred"',
    'about = "One request on P, and bytes on Q until its end."',
    ...(words ? ["[client]", `words = { ${formatKeys(words)} }`] : []),
    "[errors.missing]",
    'say = "{text}\\n"',
    "q = true",
    "[errors.invalid]",
    'say = "{text}\\n"',
    "q = false",
    "[list]",
    steps(list, ', { q = "accept" }'),
    "[get]",
    steps(get, ', { q = "accept" }'),
    "[invalid]",
    steps(invalid, ""),
    "",
  ].join("\n");
  return { name: JSON.stringify(list), list, text, dialect: parseDialect(text, "inferred.toml") };
}
