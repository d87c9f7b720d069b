// Writes what was inferred as the text of a dialect file.

import type { ConversationGuess, ErrorGuess, StepGuess } from "./infer-conversation.ts";
import type { ListingKeys } from "./infer-listing.ts";
import type { CommandWords } from "./record-pair.ts";
import { formatKeys, quoteToml } from "./toml.ts";

export interface DialectGuess {
  list: ConversationGuess;
  get: ConversationGuess;
  /** The steps of an invalid command. */
  invalid: StepGuess[];
  missing: ErrorGuess | undefined;
  refusal: ErrorGuess | undefined;
  words: CommandWords;
  offset: number | undefined;
}

export function writeDialect(guess: DialectGuess): string {
  const { list, get, invalid, missing, refusal, words, offset } = guess;
  return [
    "# Inferred from recordings of the two programs, and proved by playing each side against the other program.",
    "",
    'name = "inferred"',
    'about = "Inferred from what a server and a client say to each other."',
    ...(offset === undefined ? [] : ["", "[abilities]", `dataPorts = "sport+${offset}"`]),
    ...(words.list === "-l" ? [] : ["", "[client]", `words = { ${formatKeys(words)} }`]),
    ...formatError("missing", missing),
    ...formatError("invalid", refusal),
    ...formatListing(list.listing),
    ...formatConversation("list", list),
    ...formatConversation("get", withError(get, missing)),
    "",
    "[invalid]",
    formatSteps("steps", invalid),
    "",
  ].join("\n");
}

const formatListing = (listing?: ListingKeys): string[] =>
  listing === undefined
    ? []
    : [
        "",
        "[listing]",
        ...Object.entries(listing).map(([key, value]) => formatKeys({ [key]: value })),
      ];

function formatError(name: string, error?: ErrorGuess): string[] {
  if (!error || (error.on === "none" && name === "invalid")) return [];
  const keys =
    error.on === "none"
      ? { on: error.on, q: error.q }
      : { on: error.on, say: error.say, q: error.q };
  const after = error.after.length > 0 ? [formatSteps("after", error.after)] : [];
  return [
    "",
    `[errors.${name}]`,
    ...Object.entries(keys).map(([key, value]) => formatKeys({ [key]: value })),
    ...after,
  ];
}

/** The step in whose place an error comes names its text. */
function withError(conversation: ConversationGuess, error?: ErrorGuess): ConversationGuess {
  const steps = conversation.steps.map((step, at) =>
    "say" in step && at === error?.step ? { ...step, missing: error.say } : step,
  );
  return { ...conversation, steps };
}

function formatConversation(name: string, { steps, data, after }: ConversationGuess): string[] {
  return [
    "",
    `[${name}]`,
    formatSteps("steps", steps),
    ...(after.length > 0 ? [formatSteps("after", after)] : []),
    ...["", `[${name}.data]`],
    ...Object.entries(data).map(([key, value]) =>
      key === "extract" ? `extract = ${quoteToml(String(value))}` : formatKeys({ [key]: value }),
    ),
  ];
}

const formatSteps = (key: string, steps: readonly StepGuess[]): string =>
  `${key} = [\n${steps.map((step) => `  { ${formatKeys(step)} },\n`).join("")}]`;
