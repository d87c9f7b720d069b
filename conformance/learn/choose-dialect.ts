// Chooses how the suite speaks to the programs if nobody says it: the assignment's plain wire, a common one, or one that
// is inferred from the two programs and proved.

import { loadDialect } from "../dialect/load.ts";
import { COMMAND_KINDS, type Dialect } from "../dialect/types.ts";
import { makeTimeouts, shortTimeouts } from "../spec/timeouts.ts";
import { Inconclusive } from "../spec/verdict.ts";
import { parseAddress } from "../subject/command-line.ts";
import { isSequential, type SuiteConfig } from "../subject/config.ts";
import { findClientWire } from "./client-wire.ts";
import { NotInferred } from "./infer-conversation.ts";
import { inferDialect } from "./infer-dialect.ts";
import { type Doubts, proveDialect } from "./prove.ts";
import { type PairRecordings, recordPair } from "./record-pair.ts";
import { listEvents, type Recording } from "./recording.ts";
import { findServerWire } from "./server-wire.ts";
import { formatRecording } from "./transcript.ts";

export interface DialectChoice {
  config: SuiteConfig;
  /** What the report says about the choice; nothing if the programs speak the plain wire. */
  notes: string[];
  /** The text of the dialect, if it was inferred. */
  text?: string;
  /** What the pair said, if it was recorded. */
  transcript?: string;
}

/** Milliseconds for the whole inference. */
const LIMIT = 60_000;
/** The share of the usual time in which a program answers that speaks the plain wire. */
const QUICK = 0.4;

export async function chooseDialect(config: SuiteConfig): Promise<DialectChoice> {
  if (config.options.dialect !== undefined) return { config, notes: [] };
  const hasPlain = await checkPlain(config);
  if (Object.values(hasPlain).every(Boolean)) return { config, notes: [] };
  return await inferChoice(config, hasPlain);
}

/** What the suite learns about two programs, even if they speak the plain wire. */
export const inferChoice = (
  config: SuiteConfig,
  hasPlain: PlainCheck = { server: false, client: false },
): Promise<DialectChoice> => {
  const isPair = config.server !== undefined && config.client !== undefined;
  if (isPair && !parseAddress(config.server ?? "")) return chooseForPair(config, hasPlain);
  return chooseForOne(config, hasPlain);
};

interface PlainCheck {
  server: boolean;
  client: boolean;
}

/** The same programs with short waits: a conversation of a working pair takes no time. */
async function forInference(config: SuiteConfig): Promise<SuiteConfig> {
  const plain = await loadDialect("plain");
  const timeouts = makeTimeouts(Math.min(1, config.timeouts.scale));
  return { ...config, timeouts, dialects: { server: plain, client: plain } };
}

/** Whether each program speaks the wire that the suite takes for granted; a program that is not given does. */
async function checkPlain(config: SuiteConfig): Promise<PlainCheck> {
  const quick = { ...config, timeouts: shortTimeouts(QUICK) };
  const isFine = async (role: "server" | "client"): Promise<boolean> => {
    if (config[role] === undefined || parseAddress(config[role])) return true;
    return (
      Object.keys(await proveDialect(quick, role, { tries: 1, isTalkAllowed: true })).length === 0
    );
  };
  const [server, client] = await Promise.all([isFine("server"), isFine("client")]);
  return { server, client };
}

async function chooseForPair(config: SuiteConfig, hasPlain: PlainCheck): Promise<DialectChoice> {
  const quick = await forInference(config);
  const end = performance.now() + LIMIT;
  let recordings: PairRecordings | undefined;
  try {
    recordings = await before(end, recordPair(quick));
    const transcript = formatRecordings(recordings);
    const inferred = await before(end, inferDialect(quick, recordings));
    if (isPlainRequest(recordings) && isBare(inferred.dialect))
      return { config, notes: [], transcript };
    const choice = await proveBoth(config, inferred.dialect, recordings);
    return { ...choice, text: inferred.text, transcript };
  } catch (error) {
    const transcript = recordings && formatRecordings(recordings);
    const rest = transcript === undefined ? {} : { transcript };
    // A pair that asks in the plain wire speaks it, whatever is wrong with the answers.
    if (recordings && isPlainRequest(recordings)) return { config, notes: [], ...rest };
    if (!recordings) return await chooseForOne(config, hasPlain);
    const why =
      error instanceof NotInferred ? error.message : `the inference stopped: ${messageOf(error)}`;
    const sentence = `The two programs speak a protocol of their own that the suite cannot infer: ${why}. ${NEXT_STEP}`;
    return { config: doubtAll(config, ["server", "client"], sentence), notes: [sentence], ...rest };
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

export const NEXT_STEP =
  "Run ftconform with --learn to see what they say, copy conformance/dialects/template.toml, and give the file with --dialect.";

/** Rejects if the inference takes too long. What it has started ends by its own limits. */
async function before<T>(end: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new NotInferred(`the conversations took more than ${LIMIT / 1000} s`)),
    Math.max(1, end - performance.now()),
  );
  work.catch(() => {});
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Plays each side against the other program. What is not proved stays open. */
async function proveBoth(
  config: SuiteConfig,
  dialect: Dialect,
  recordings: PairRecordings,
): Promise<DialectChoice> {
  const dialects = { server: dialect, client: dialect };
  const quick = { ...config, dialects, timeouts: makeTimeouts(Math.min(1, config.timeouts.scale)) };
  const [server = {}, client = {}] = isSequential(quick)
    ? [
        await proveDialect(quick, "server", { recordings }),
        await proveDialect(quick, "client", { recordings }),
      ]
    : await Promise.all([
        proveDialect(quick, "server", { recordings }),
        proveDialect(quick, "client", { recordings }),
      ]);
  const doubts = { server: asQuestions("server", server), client: asQuestions("client", client) };
  const notes = [...Object.values(doubts.server), ...Object.values(doubts.client)];
  const head =
    "The suite inferred how the two programs speak from recordings of them, and proved it.";
  const proved = {
    server: withDoubts(dialect, doubts.server),
    client: withDoubts(dialect, doubts.client),
  };
  return {
    config: withDialects(config, proved),
    notes: [notes.length > 0 ? NOT_ALL : head, ...notes],
  };
}

const NOT_ALL =
  "The suite inferred how the two programs speak from recordings of them; not all of it could be proved.";

const asQuestions = (role: string, doubts: Doubts): Doubts =>
  Object.fromEntries(
    Object.entries(doubts).map(([kind, why]) => [
      kind,
      `How does the ${role} speak for ${kind === "list" ? "a list" : "a file"}? In the wire that was inferred ${why}; so this is not judged`,
    ]),
  );

const withDoubts = (dialect: Dialect, unproven: Doubts): Dialect =>
  Object.keys(unproven).length > 0 ? { ...dialect, unproven } : dialect;

/** A client's answer is that of its dialect, unless the user gave one. */
function withDialects(config: SuiteConfig, dialects: SuiteConfig["dialects"]): SuiteConfig {
  return { ...config, dialects };
}

/** Nothing that rests on a conversation with these programs is judged. */
export function doubtAll(
  config: SuiteConfig,
  roles: readonly ("server" | "client")[],
  sentence: string,
): SuiteConfig {
  const unproven = Object.fromEntries(COMMAND_KINDS.map((kind) => [kind, sentence]));
  const { server, client } = config.dialects;
  return withDialects(config, {
    server: roles.includes("server") ? { ...server, unproven } : server,
    client: roles.includes("client") ? { ...client, unproven } : client,
  });
}

/** A program alone, or two that cannot speak with each other. */
async function chooseForOne(config: SuiteConfig, hasPlain: PlainCheck): Promise<DialectChoice> {
  const quick = await forInference(config);
  let choice: DialectChoice = { config, notes: [] };
  for (const role of ["server", "client"] as const) {
    if (config[role] === undefined || hasPlain[role]) continue;
    const found = await before(
      performance.now() + LIMIT,
      role === "server" ? findServerWire(quick) : findClientWire(quick),
    ).catch((error: unknown) =>
      // A program that does not run speaks no protocol: the report tells what is wrong with it.
      error instanceof Inconclusive ? {} : { problem: messageOf(error) },
    );
    if ("problem" in found) {
      const sentence = `The ${role} speaks another protocol than the assignment's usual ones: ${found.problem}. ${NEXT_STEP}`;
      choice = {
        ...choice,
        config: doubtAll(choice.config, [role], sentence),
        notes: [...choice.notes, sentence],
      };
    } else if ("wire" in found && found.wire) {
      const note = `The ${role} speaks ${found.wire.name}; the suite found this by trying the usual requests.`;
      const dialects = { ...choice.config.dialects, [role]: found.wire.dialect };
      choice = {
        ...choice,
        config: withDialects(choice.config, dialects),
        notes: [...choice.notes, note],
        text: found.wire.text,
      };
    }
  }
  return choice;
}

/** Whether every request of the pair is one line of the plain wire and nothing else. */
function isPlainRequest({ list, get, words }: PairRecordings): boolean {
  if (words.list !== "-l" || list.length === 0) return false;
  const expected = ({ kind, values: { dport, file } }: Recording): string =>
    kind === "list" ? `-l ${dport}\n` : `-g ${file} ${dport}\n`;
  return [...list, ...get].every((recording) => {
    const said = listEvents(recording).flatMap((event) =>
      event.kind === "turn" && event.by === "client" ? [event.bytes.toString("latin1")] : [],
    );
    const isServed = recording.qs.every(({ by }) => by === "server");
    return isServed && said.length === 1 && said[0] === expected(recording);
  });
}

/** Whether Q carries bytes and nothing else, as in the plain wire. */
const isBare = ({ list, get }: Dialect): boolean =>
  [list, get].every(
    ({ data, steps }) =>
      data?.on === "Q" &&
      (data.frame === "close" || data.frame === "silence") &&
      data.remove === undefined &&
      steps.every((step) => !("on" in step)),
  );

const formatRecordings = ({ list, get, missing, invalid }: PairRecordings): string =>
  [...list.slice(0, 1), ...get.slice(0, 1), ...missing.slice(0, 1), ...invalid.slice(0, 1)]
    .map((recording) => formatRecording(recording))
    .join("\n\n");
