// Checks how the parts of a dialect fit together, once each part is right by itself.

import { collect, joinKey, reject } from "./parsers.ts";
import { findOpenStep } from "./steps.ts";
import { Template } from "./template.ts";
import { COMMAND_KINDS, type Conversation, type Dialect } from "./types.ts";

/** The values that the suite itself gives to placeholders. */
const BUILT_IN = [
  ...["dport", "sport", "host", "shost", "file", "size", "qport", "offset", "hash"],
  ...["text", "data", "any"],
];

/** Throws if a placeholder has no value, or if something is used before it can be there. */
export function checkDialect(dialect: Dialect, file: string): void {
  collect([
    () => checkPlaceholders(dialect, file),
    ...COMMAND_KINDS.map((kind) => () => {
      const conversation = dialect[kind];
      if (conversation) checkConversation(conversation, `${file}: ${kind}`);
    }),
  ]);
}

function checkPlaceholders(dialect: Dialect, file: string): void {
  const { options = [], values = {}, ...rest } = dialect;
  const compiled = [...listCompiled({ options, ...rest }, file)];
  const groups = compiled.flatMap(({ value }) =>
    value instanceof RegExp ? listGroups(value) : [],
  );
  const read = options.flatMap(({ heard }) => heard.placeholders);
  const known = new Set([...BUILT_IN, ...Object.keys(values), ...groups, ...read]);
  collect(
    compiled.map(({ value, place }) => () => {
      const names = value instanceof Template ? value.placeholders : [];
      const unknown = names.find((name) => !known.has(name));
      if (unknown)
        reject(place, `nothing gives {${unknown}} a value; write one of ${[...known].join(", ")}`);
    }),
  );
}

const listGroups = ({ source }: RegExp): string[] =>
  [...source.matchAll(/\(\?<(\w+)>/g)].map(([, name = ""]) => name);

/** All templates and patterns of a value, with their places in the file. */
function* listCompiled(
  value: unknown,
  place: string,
): Generator<{ value: Template | RegExp; place: string }> {
  if (value instanceof Template || value instanceof RegExp) yield { value, place };
  else if (Array.isArray(value))
    for (const [at, item] of value.entries()) yield* listCompiled(item, `${place}[${at + 1}]`);
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) yield* listCompiled(item, joinKey(place, key));
}

function checkConversation(conversation: Conversation, place: string): void {
  const { steps, data } = conversation;
  const opens = findOpenStep(conversation);
  const early = steps.findIndex(
    (step, at) => "on" in step && step.on === "Q" && (opens < 0 || at < opens),
  );
  if (early >= 0)
    reject(
      `${place}.steps[${early + 1}].on`,
      'Q is not open yet; write a step { q = "accept" } before this one',
    );
  if (data?.on === "Q" && opens < 0)
    reject(`${place}.data.on`, 'no step opens Q; write on = "P", or a step { q = "accept" }');
  if (data?.frame === "length" && !data.prefix && !data.size)
    reject(`${place}.data`, "a length needs `prefix`, or `size` with what an earlier step tells");
}
