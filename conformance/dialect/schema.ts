// The keys of a dialect file and the values that they take.

import type { PortRange } from "../net/ports.ts";
import {
  parseBoolean,
  parseChoice,
  parseIntegerFormat,
  parseList,
  parseMap,
  parseNumber,
  parsePattern,
  parsePortNumber,
  type Parser,
  parseString,
  parseTable,
  parseTemplate,
  reject,
} from "./parsers.ts";
import { Template } from "./template.ts";
import type { Data, ReplyStep, Step } from "./types.ts";

const parseSide = parseChoice("P", "Q");
const parseText = parsePattern("m");

const parseReplyKeys = parseTable(
  {},
  {
    say: parseTemplate,
    expect: parseText,
    on: parseSide,
    missing: parseTemplate,
    invalid: parseTemplate,
    login: parseTemplate,
    awaited: parseBoolean,
  },
);

const parseReply: Parser<ReplyStep> = (value, place) => {
  const step = parseReplyKeys(value, place);
  if (step.say) return { ...step, say: step.say };
  const { expect } = value as { expect: string };
  // The suite plays the server as well, so it needs a text that it can say.
  if (/[\\^$.|?*+()[\]{}]/.test(expect))
    reject(place, "`expect` is a regular expression; add `say` with a text that it matches");
  return { ...step, say: new Template(expect) };
};

/** The parser of a step, by the key that says what it does. */
const STEPS: Record<string, Parser<Step>> = {
  send: parseTable({ send: parseTemplate }, { on: parseSide }),
  q: parseTable({ q: parseChoice("accept", "connect") }, { port: parseTemplate }),
  sleep: parseTable({ sleep: parseNumber }, {}),
  close: parseTable({ close: parseChoice("P") }, {}),
  say: parseReply,
  expect: parseReply,
};

const parseStep: Parser<Step> = (value, place) => {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const parsers = new Set(keys.flatMap((key) => STEPS[key] ?? []));
  const [parse] = parsers;
  if (parse && parsers.size === 1) return parse(value, place);
  const found = keys.length > 0 ? `, not ${keys.join(" and ")}` : "";
  return reject(place, `a step has one of send, say (or expect), q, sleep, close${found}`);
};

const parseSteps = parseList(parseStep);

type WrittenData = Omit<Data, "on"> & { on?: Data["on"] };

const COMMON = {
  on: parseSide,
  gap: parseNumber,
  remove: parseList(parsePattern("g")),
  extract: parsePattern("g"),
};

/** The keys that go with each frame. */
const FRAMES: Record<Data["frame"], Parser<WrittenData>> = {
  close: parseTable({}, { ...COMMON, frame: parseChoice("close") }) as Parser<WrittenData>,
  sentinel: parseTable({ frame: parseChoice("sentinel"), end: parseTemplate }, COMMON),
  length: parseTable(
    { frame: parseChoice("length") },
    { ...COMMON, prefix: parseIntegerFormat, size: parseTemplate },
  ),
  pieces: parseTable(
    { frame: parseChoice("pieces"), piece: parseTemplate },
    {
      ...COMMON,
      end: parseTemplate,
      first: parseTemplate,
      ack: parseTemplate,
      of: parseChoice("name", "line"),
      max: parseNumber,
      count: parseNumber,
      size: parseTemplate,
    },
  ),
  silence: parseTable(
    { frame: parseChoice("silence"), ms: parseNumber },
    { ...COMMON, end: parseTemplate },
  ),
};

const parseFrame = parseChoice("close", "sentinel", "length", "pieces", "silence");

const parseData: Parser<WrittenData> = (value, place) => {
  const { frame = "close" } = (value ?? {}) as { frame?: unknown };
  const name = parseFrame(frame, `${place}.frame`);
  return { ...FRAMES[name](value, place), frame: name };
};

const parseConversation = parseTable({ steps: parseSteps }, { data: parseData, after: parseSteps });
export type WrittenConversation = ReturnType<typeof parseConversation>;

const parseError = parseTable(
  {},
  {
    on: parseChoice("P", "Q", "none"),
    say: parseTemplate,
    match: parseText,
    q: parseBoolean,
    after: parseSteps,
  },
);
export type WrittenError = ReturnType<typeof parseError>;

const parseRange: Parser<PortRange> = (value, place) => {
  if (typeof value !== "number")
    return parseTable({ from: parsePortNumber, to: parsePortNumber }, {})(value, place);
  const port = parsePortNumber(value, place);
  return { from: port, to: port };
};

/** A range, or how far the data port is from the server's port. */
const parseDataPorts: Parser<PortRange | number> = (value, place) => {
  if (typeof value !== "string") return parseRange(value, place);
  const offset = /^sport\+(\d+)$/.exec(value)?.[1];
  return offset === undefined
    ? reject(place, `write a port, { from, to } or "sport+1", not ${JSON.stringify(value)}`)
    : Number(offset);
};

const WORDS = { list: parseString, get: parseString, invalid: parseString, nameless: parseString };
const parseWords = parseTable({}, WORDS);

/** Parses the table of a dialect file; an error names the file, the key, and what to write. */
export const parseDialectTable = parseTable(
  {
    name: parseString,
    about: parseString,
    list: parseConversation,
    get: parseConversation,
    invalid: parseConversation,
  },
  {
    nameless: parseConversation,
    values: parseMap(parseString),
    options: parseList(parseTable({ heard: parseTemplate, say: parseTemplate }, {})),
    errors: parseTable({}, { missing: parseError, invalid: parseError }),
    listing: parseTable(
      {},
      { separator: parseString, head: parseString, item: parseString, tail: parseString },
    ),
    abilities: parseTable(
      {},
      {
        textOnly: parseBoolean,
        oneClient: parseBoolean,
        maxFile: parseNumber,
        serverPorts: parseRange,
        dataPorts: parseDataPorts,
      },
    ),
    client: parseTable({}, { words: parseWords, stdin: parseWords, answer: parseString }),
  },
);
export type WrittenDialect = ReturnType<typeof parseDialectTable>;
