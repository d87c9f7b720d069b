// The words of a dialect: which keys there are, what they take, and how they must fit together.

import { anything, type Check, either, flag, list, number, oneOf, port } from "./schema.ts";
import { regex, table, template, text, width, wrong } from "./schema.ts";
import { holes } from "./wording.ts";

const side = oneOf("P", "Q");
const speech = table(
  {},
  { say: template, expect: regex, on: side, missing: template, invalid: template, login: template },
);

/** What a step is told by its first word. */
const VERBS: Record<string, Check> = {
  send: table({ send: template }, { on: side }),
  q: table({ q: oneOf("accept", "connect") }, { port: template }),
  sleep: table({ sleep: number }),
  close: table({ close: oneOf("P") }),
  say: speech,
  expect: speech,
};

const step: Check = (value, where) => {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const verbs = [...new Set(keys.map((key) => VERBS[key]).filter((check) => check !== undefined))];
  const [check] = verbs;
  if (!check || verbs.length > 1)
    wrong(
      where,
      `a step has one of send, say (or expect), q, sleep, close; this one has ${keys.join(", ")}`,
    );
  check(value, where);
};

const steps = list(step);
const patterns = list(regex);

/** Which keys go with which way of telling the end. */
const FRAMES: Record<string, Check> = {
  close: data({}),
  sentinel: data({ end: template }),
  length: data({}, { prefix: width, size: template }),
  pieces: data(
    { piece: template },
    {
      end: template,
      first: template,
      ack: template,
      of: oneOf("name", "line"),
      max: number,
      count: number,
      size: template,
    },
  ),
  silence: data({ ms: number }, { end: template }),
};

function data(needed: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  const always = { on: side, frame: text, gap: number, remove: patterns, extract: regex };
  return table(needed, { ...always, ...optional });
}

const payload: Check = (value, where) => {
  const { frame = "close" } = (value ?? {}) as { frame?: string };
  oneOf(...Object.keys(FRAMES))(frame, `${where}.frame`);
  FRAMES[frame]?.(value, where);
};

const conversation = table({ steps }, { data: payload, after: steps });
const failure = table(
  {},
  { on: oneOf("P", "Q", "none"), say: template, match: regex, q: flag, after: steps },
);
const kinds = { list: text, get: text, invalid: text, nameless: text };
const range = table({ from: port, to: port });

const dialect = table(
  { name: text, about: text, list: conversation, get: conversation, invalid: conversation },
  {
    nameless: conversation,
    values: anything(text),
    options: list(table({ heard: template, say: template })),
    errors: table({}, { missing: failure, invalid: failure }),
    listing: table({}, { separator: text, head: text, item: text, tail: text }),
    abilities: table(
      {},
      {
        textOnly: flag,
        oneClient: flag,
        maxFile: number,
        serverPorts: either("a port or { from, to }", port, range),
        dataPorts: either('a port, { from, to } or "sport+1"', port, range, offset),
      },
    ),
    client: table({}, { words: table({}, kinds), stdin: table({}, kinds) }),
  },
);

function offset(value: unknown, where: string): void {
  if (!/^sport\+\d+$/.test(String(value))) wrong(where, "sport+1");
}

/** Throws where the text of a dialect is not one; the message names file, key and what is wrong. */
export function check(raw: object, file: string): void {
  dialect(raw, file);
  const given = raw as Raw;
  const known = new Set([...BUILT_IN, ...Object.keys(given.values ?? {}), ...named(raw)]);
  for (const { heard } of given.options ?? []) for (const name of holes(heard)) known.add(name);
  for (const kind of ["list", "get", "invalid", "nameless"] as const) {
    const spoken = given[kind];
    if (spoken) fits(spoken, known, `${file}: ${kind}`);
  }
}

interface Raw {
  values?: object;
  options?: { heard: string }[];
  list?: Spoken;
  get?: Spoken;
  invalid?: Spoken;
  nameless?: Spoken;
}
interface Spoken {
  steps: Record<string, unknown>[];
  data?: Record<string, unknown>;
  after?: Record<string, unknown>[];
}

const BUILT_IN = [
  "dport",
  "sport",
  "host",
  "shost",
  "file",
  "size",
  "qport",
  "offset",
  "hash",
  "text",
  "data",
  "any",
];

// The names that regular expressions give to what they find, wherever they stand.
const named = (raw: object): string[] =>
  [...JSON.stringify(raw).matchAll(/\(\?P?<(\w+)>/g)].map(([, name = ""]) => name);

function fits(
  { steps, data, after = [] }: Spoken,
  known: ReadonlySet<string>,
  where: string,
): void {
  const places: [string, Record<string, unknown>][] = [
    ...steps.map((each, at) => [`${where}.steps[${at + 1}]`, each] as [string, typeof each]),
    ...after.map((each, at) => [`${where}.after[${at + 1}]`, each] as [string, typeof each]),
    ...(data ? [[`${where}.data`, data] as [string, typeof data]] : []),
  ];
  for (const [place, each] of places) filled(each, known, place);
  const opened = steps.findIndex((each) => "q" in each);
  const early = steps.findIndex((each, at) => each["on"] === "Q" && (opened < 0 || at < opened));
  if (early >= 0)
    wrong(
      `${where}.steps[${early + 1}].on`,
      'Q is not open yet: a step { q = "accept" } comes first',
    );
  if (data?.["on"] === "Q" && opened < 0) wrong(`${where}.data.on`, "no step opens Q");
  if (data?.["frame"] === "length" && !data["prefix"] && !data["size"])
    wrong(`${where}.data`, "a length needs prefix, or size with what a step has told");
  steps.forEach((each, at) => worded(each, `${where}.steps[${at + 1}]`));
}

function filled(each: Record<string, unknown>, known: ReadonlySet<string>, where: string): void {
  for (const key of ["send", "say", "end", "first", "piece", "size", "ack", "missing", "invalid"]) {
    const value = each[key];
    if (typeof value !== "string") continue;
    const stray = holes(value).find((name) => !known.has(name));
    if (stray)
      wrong(`${where}.${key}`, `nothing fills {${stray}}; there are ${[...known].join(", ")}`);
  }
}

// The suite plays the server as well, so it has to know a text that the expression describes.
function worded(each: Record<string, unknown>, where: string): void {
  const { expect, say } = each;
  if (typeof expect !== "string" || say !== undefined) return;
  if (/[\\^$.|?*+()[\]{}]/.test(expect))
    wrong(
      where,
      "expect is a regular expression: say the text as well, for when the suite plays the server",
    );
}
