// The words of a dialect: which keys there are, and what they take.

import { checkAgainst } from "./check.ts";
import { anything, type Check, either, flag, list, number, oneOf, port } from "./validators.ts";
import { regex, table, template, text, width, wrong } from "./validators.ts";

const side = oneOf("P", "Q");
const speech = table(
  {},
  {
    say: template,
    expect: regex,
    on: side,
    missing: template,
    invalid: template,
    login: template,
    awaited: flag,
  },
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
    client: table({}, { words: table({}, kinds), stdin: table({}, kinds), answer: text }),
  },
);

function offset(value: unknown, where: string): void {
  if (!/^sport\+\d+$/.test(String(value))) wrong(where, "sport+1");
}

/** Throws where the text of a dialect is not one; the message names file, key and what is wrong. */
export function checkDialect(raw: object, file: string): void {
  dialect(raw, file);
  checkAgainst(raw, file);
}
