// How the parts of a dialect must fit together, once each of them is right in itself.

import { wrong } from "./validators.ts";
import { placeholders } from "./template.ts";

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

/** Throws where something is asked for that nothing fills, or before it can be there. */
export function checkAgainst(raw: object, file: string): void {
  const given = raw as Raw;
  const known = new Set([...BUILT_IN, ...Object.keys(given.values ?? {}), ...named(raw)]);
  for (const { heard } of given.options ?? [])
    for (const name of placeholders(heard)) known.add(name);
  for (const kind of ["list", "get", "invalid", "nameless"] as const) {
    const spoken = given[kind];
    if (spoken) flows(spoken, known, `${file}: ${kind}`);
  }
}

function flows(
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
    const stray = placeholders(value).find((name) => !known.has(name));
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
