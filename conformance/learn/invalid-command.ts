// Infers what an invalid command looks like, and asks the server what it says to one: clients mostly refuse to send it.

import { CaseContext } from "../harness/context.ts";
import { matchTemplate } from "../dialect/decode.ts";
import { encodeTemplate } from "../dialect/encode.ts";
import { Template, type TemplateValues } from "../dialect/template.ts";
import type { Connection } from "../net/connection.ts";
import { dialRepeatedly } from "../net/sockets.ts";
import type { SuiteConfig } from "../subject/config.ts";
import type { ConversationGuess, ErrorGuess, StepGuess } from "./infer-conversation.ts";
import { inferTemplate } from "./infer-template.ts";
import type { CommandWords } from "./record-pair.ts";

export interface InvalidGuess {
  steps: StepGuess[];
  refusal?: ErrorGuess;
}

/** Milliseconds for a reply, before it is believed that none comes. */
const REPLY_LIMIT = 2_500;

/** The steps of the list with another word for the command. */
export function replaceCommand(
  list: ConversationGuess,
  get: ConversationGuess,
  words: CommandWords,
): StepGuess[] {
  const sends = list.steps.filter((step) => "send" in step);
  const other = get.steps.filter((step) => "send" in step);
  const pattern = findCommand(
    sends.map(({ send }) => send),
    other.map(({ send }) => send),
    words,
  );
  if (!pattern) return list.steps;
  return list.steps.map((step) => {
    if ("send" in step) return { ...step, send: step.send.replace(pattern, invalidWord) };
    // Some servers repeat the word: that is no error.
    return "say" in step ? { ...step, say: step.say.replace(pattern, invalidWord) } : step;
  });
}

/** A word of the same kind that is no command: fields of fixed width keep their width. */
function invalidWord(word: string): string {
  if (word.startsWith("-")) return "-x";
  if (word.length === 1) return word === word.toUpperCase() ? "X" : "x";
  return word === word.toUpperCase() ? "NOPE" : "nope";
}

function findCommand(
  sends: readonly string[],
  others: readonly string[],
  words: CommandWords,
): RegExp | undefined {
  const escaped = RegExp.escape(words.list);
  const patterns = [
    new RegExp(`(?<![\\w-])${escaped}(?!\\w)`, "g"),
    /(?<![\w-])-l(?!\w)/g,
    /(?<![\w{:])(list|ls|dir|l)(?!\w)/gi,
    /(?<!\{)\b(list|ls|dir)\b/gi,
  ];
  const found = patterns.find((pattern) =>
    sends.some((send) => send.search(pattern) >= 0 && !others.includes(send)),
  );
  return found;
}

/** Sends the steps to the server, twice, and looks where it leaves them. */
export async function probeInvalid(
  config: SuiteConfig,
  steps: readonly StepGuess[],
  usual: readonly StepGuess[],
): Promise<InvalidGuess> {
  const probes = await Promise.all([probe(config, steps), probe(config, steps)]);
  const [first] = probes;
  if (!first) return { steps: [...steps] };
  const kept = steps.slice(0, first.at);
  const reply = steps[first.at];
  const text =
    first.text === ""
      ? undefined
      : inferTemplate(
          probes.map((each) => ({ bytes: Buffer.from(each.text, "latin1"), values: each.values })),
        );
  const expected = usual[first.at];
  const isUsual = expected !== undefined && "say" in expected && expected.say === text;
  if (text === undefined || isUsual) return { steps: trimRequest(kept) };
  const isInPlace = reply !== undefined && "say" in reply && (reply.on ?? "P") === first.on;
  const step = isInPlace ? [{ ...reply, invalid: text }] : [];
  const refusal: ErrorGuess = { on: first.on, say: text, q: first.q, after: [] };
  return { steps: [...(isInPlace ? kept : trimRequest(kept)), ...step], refusal };
}

/** Nothing is expected behind the request. */
const trimRequest = (steps: readonly StepGuess[]): StepGuess[] =>
  steps.slice(0, 1 + steps.findLastIndex((step) => "send" in step || "q" in step));

interface Probe {
  /** The index of the step at which the server said something else. */
  at: number;
  on: "P" | "Q";
  text: string;
  q: boolean;
  values: TemplateValues;
}

async function probe(config: SuiteConfig, steps: readonly StepGuess[]): Promise<Probe> {
  await using context = new CaseContext(config, "server");
  const server = await context.startServer();
  const listener = await context.listenForData(server.port);
  const p = await context.connect(server);
  const prober = new Prober(context, p, () => listener.first, {
    ...{ any: "any", dport: listener.port, sport: server.port, host: p.local.host },
  });
  return await prober.run(steps);
}

class Prober {
  readonly #positions = { P: 0, Q: 0 };
  #dialled: Connection | undefined;

  constructor(
    readonly context: CaseContext,
    readonly p: Connection,
    readonly accepted: () => Connection | undefined,
    public values: TemplateValues,
  ) {}

  get q(): Connection | undefined {
    return this.#dialled ?? this.accepted();
  }

  #unread(on: "P" | "Q"): string {
    const connection = on === "P" ? this.p : this.q;
    return connection?.bytes.toString("latin1", this.#positions[on]) ?? "";
  }

  async run(steps: readonly StepGuess[]): Promise<Probe> {
    for (const [at, step] of steps.entries())
      if (!(await this.#follow(step))) return await this.#depart(at);
    return await this.#depart(steps.length);
  }

  async #depart(at: number): Promise<Probe> {
    const hasText = (): boolean => this.#unread("P") !== "" || this.#unread("Q") !== "";
    await this.context.happensWithin(hasText, REPLY_LIMIT);
    await this.context.happensWithin(() => this.p.hasEnded, this.context.timeouts.quiet);
    const on = this.#unread("P") === "" ? "Q" : "P";
    return { at, on, text: this.#unread(on), q: this.q !== undefined, values: this.values };
  }

  async #follow(step: StepGuess): Promise<boolean> {
    if ("sleep" in step) await Bun.sleep(step.sleep);
    else if ("q" in step) return await this.#openQ(step.q);
    else if ("send" in step) {
      const connection = step.on === "Q" ? this.q : this.p;
      if (this.p.hasEnded) return false;
      connection?.send(encodeTemplate(new Template(step.send), this.values));
    } else return await this.#hear(step.say, step.on ?? "P");
    return true;
  }

  async #openQ(how: "accept" | "connect"): Promise<boolean> {
    const { context } = this;
    const hasNews = (): boolean =>
      this.q !== undefined || this.p.hasEnded || this.#unread("P") !== "";
    if (how === "accept") {
      await context.happensWithin(hasNews, REPLY_LIMIT);
      return this.q !== undefined;
    }
    const to = { host: "127.0.0.1", port: Number(this.values["dport"]) };
    const connection = await dialRepeatedly(
      context.timeline,
      "Q",
      to,
      REPLY_LIMIT,
      () => this.p.hasEnded,
    );
    if (connection) this.#dialled = context.own(connection);
    return connection !== undefined;
  }

  async #hear(say: string, on: "P" | "Q"): Promise<boolean> {
    const template = new Template(say);
    const find = () => matchTemplate(template, this.#unread(on), this.values);
    const connection = on === "P" ? this.p : this.q;
    await this.context.happensWithin(
      () => find() !== undefined || connection?.hasEnded === true || this.#unread(on) !== "",
      REPLY_LIMIT,
    );
    await this.context.happensWithin(() => find() !== undefined, this.context.timeouts.quiet / 3);
    const match = find();
    if (!match) return false;
    this.#positions[on] += match.end;
    this.values = { ...this.values, ...match.values };
    return true;
  }
}
