// Records a pair of programs: a list, files and a missing file, each more than once and differing in one thing.

import { CaseContext } from "../harness/context.ts";
import type { CommandKind } from "../dialect/types.ts";
import { Pool } from "../net/pool.ts";
import { isSequential, type SuiteConfig } from "../subject/config.ts";
import { recordConversation } from "./proxy.ts";
import type { Recording, Sender } from "./recording.ts";

export interface CommandWords {
  list: string;
  get: string;
  invalid: string;
}

/** What a pair says. */
export interface PairRecordings {
  list: Recording[];
  get: Recording[];
  missing: Recording[];
  invalid: Recording[];
  words: CommandWords;
  /** Why some conversations could not be recorded. */
  problems: string[];
  offset?: number;
}

/** The words of the assignment, and those of programs that have others. */
const WORDS: readonly CommandWords[] = [
  { list: "-l", get: "-g", invalid: "-x" },
  { list: "list", get: "get", invalid: "nope" },
  { list: "l", get: "g", invalid: "x" },
  { list: "ls", get: "get", invalid: "nope" },
  { list: "LIST", get: "GET", invalid: "NOPE" },
];

/** Conversations at once: each starts two programs. */
const AT_ONCE = 4;
/** Milliseconds of silence, if the client does not end soon: some wait ten seconds before they believe the end. */
const LONG_SILENCE = 11_500;

const LINE = "A longer text shows where a program cuts a file into pieces, line 000.\n";
/** Files that differ in one thing from those of the suite: in length, in lines, in the end. */
const EXTRA_FILES: Record<string, string> = {
  "a.txt": "short\n",
  "a-much-longer-name-of-a-file.txt": LINE.repeat(3),
  "pages.txt": Array.from({ length: 70 }, (_, at) =>
    LINE.replace("000", String(at).padStart(3, "0")),
  ).join(""),
};

/** All that a small directory holds. */
const FEW_FILES = ["hello.txt", "lines.txt", "empty.txt", "unended.txt"];

interface Plan {
  kind: CommandKind;
  file?: string;
  /** The directory holds the extra files too, or only a few: then a length in a listing has other digits. */
  directory?: "larger" | "smaller";
}

const LISTS: readonly Plan[] = [
  { kind: "list", directory: "larger" },
  { kind: "list", directory: "smaller" },
];
const GETS: readonly Plan[] = [
  "lines.txt",
  "a.txt",
  "a-much-longer-name-of-a-file.txt",
  "pages.txt",
  "unended.txt",
].map((file) => ({ kind: "get", file, directory: "larger" }));
const MISSING: readonly Plan[] = ["missing.txt", "no-such-file.txt"].map((file) => ({
  kind: "get",
  file,
}));

/** Throws why nothing could be recorded at all. */
export async function recordPair(config: SuiteConfig): Promise<PairRecordings> {
  const recorder = new PairRecorder(config);
  return await recorder.record();
}

class PairRecorder {
  #pool: Pool;
  #silence: number | undefined;
  readonly #problems: string[] = [];
  #words: CommandWords = WORDS[0]!;
  #openers: Record<"list" | "get", Sender> = { list: "server", get: "server" };
  #offset: number | undefined;

  constructor(readonly config: SuiteConfig) {
    this.#pool = new Pool(isSequential(config) ? 1 : AT_ONCE);
  }

  async record(): Promise<PairRecordings> {
    let { list, get } = await this.#explore();
    if (get && !get.hasExited) {
      this.#silence = LONG_SILENCE;
      this.#pool = new Pool(isSequential(this.config) ? 1 : 3 * AT_ONCE);
      get = undefined;
    }
    const [lists, gets, missing, invalid] = await Promise.all([
      this.#recordAll(LISTS),
      this.#recordAll(get ? GETS : [{ kind: "get", file: "hello.txt" }, ...GETS]),
      this.#recordAll(MISSING),
      this.#recordAll([{ kind: "invalid" }]),
    ]);
    return {
      list: [...(list ? [list] : []), ...lists],
      get: [...(get ? [get] : []), ...gets],
      ...{ missing, invalid, words: this.#words, problems: this.#problems },
      ...(this.#offset === undefined ? {} : { offset: this.#offset }),
    };
  }

  /** Finds the words of the client, and who opens Q. */
  async #explore(): Promise<{ list: Recording | undefined; get: Recording | undefined }> {
    let list = await this.#tryWords();
    let get = await this.#try({ kind: "get", file: "hello.txt" });
    if (!hasQ(list) && !hasQ(get)) {
      const tries: [Sender, number | undefined][] = [
        ["client", undefined],
        ["server", 1],
      ];
      for (const [opener, offset] of tries) {
        this.#openers = { list: opener, get: opener };
        this.#offset = offset;
        const [otherList, otherGet] = [
          await this.#try({ kind: "list" }),
          await this.#try({ kind: "get", file: "hello.txt" }),
        ];
        if (!hasQ(otherList) && !hasQ(otherGet)) continue;
        [list, get] = [otherList ?? list, otherGet ?? get];
        break;
      }
    }
    if (!hasQ(list) && !hasQ(get)) {
      this.#openers = { list: "server", get: "server" };
      this.#offset = undefined;
    }
    return { list, get };
  }

  async #tryWords(): Promise<Recording | undefined> {
    const problems: string[] = [];
    for (const words of WORDS) {
      this.#words = words;
      this.#problems.length = 0;
      const list = await this.#try({ kind: "list" });
      if (list?.messages.some(({ by }) => by === "client")) return list;
      problems.push(...this.#problems);
    }
    this.#words = WORDS[0]!;
    throw new Error(problems[0] ?? "the client says nothing to the server");
  }

  async #recordAll(plans: readonly Plan[]): Promise<Recording[]> {
    const all = await Promise.all(plans.map((plan) => this.#pool.run(() => this.#try(plan))));
    return all.filter((each) => each !== undefined);
  }

  async #try({ kind, file, directory }: Plan): Promise<Recording | undefined> {
    const opener = this.#openers[kind === "list" ? "list" : "get"];
    const command = this.#words[kind === "nameless" ? "get" : kind];
    try {
      await using context = new CaseContext(this.config, "client");
      if (directory === "smaller") context.files.keepOnly(FEW_FILES);
      for (const [name, text] of Object.entries(directory === "larger" ? EXTRA_FILES : {}))
        context.files.add(name, text);
      return await recordConversation(context, {
        ...{ kind, command, opener },
        ...(file === undefined ? {} : { file }),
        ...(this.#offset === undefined ? {} : { offset: this.#offset }),
        ...(this.#silence === undefined ? {} : { silence: this.#silence }),
      });
    } catch (error) {
      if (kind !== "invalid")
        this.#problems.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}

const hasQ = (recording?: Recording): boolean => (recording?.qs.length ?? 0) > 0;
