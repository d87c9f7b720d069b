// Helps to write a dialect: what a server says to simple requests, or what a pair of programs say to each other.

import { CaseContext } from "../harness/context.ts";
import type { SuiteConfig } from "../subject/config.ts";
import { show } from "../net/bytes.ts";
import type { Dialect } from "../dialect/types.ts";
import { loadDialect } from "../dialect/load.ts";
import { shippedDialects } from "../dialect/shipped.ts";
import { QUIET } from "../spec/timeouts.ts";
import { proposeDialect } from "./propose.ts";
import { recordConversation, type Recording, type RecordedBytes } from "./proxy.ts";
import { address } from "../subject/command-line.ts";
import { Pool } from "../net/pool.ts";
import { converse } from "../peer/client-requests.ts";

export interface LearnResult {
  /** What was said, for a person to read. */
  transcript: string;
  /** The text of a dialect to begin with. */
  proposal: string;
}

/** How often requests for the list look: the first are those of most programs that are known. */
const SIMPLE = [
  "-l {dport}\n",
  "-l {dport}",
  "{dport} -l\n",
  "-l\n{dport}\n",
  "-l",
  "{dport}",
  "list\n",
  "LIST {dport}\n",
];

const AT_ONCE = 6;

/** With a client as well the two are recorded; without one the server is tried alone. */
export async function learn(
  server: string,
  client?: string,
  answer = "",
  candidates: readonly string[] = [...shippedDialects.keys()],
): Promise<LearnResult> {
  const plain = await loadDialect("plain");
  const bench: SuiteConfig = {
    server,
    ...(client === undefined ? {} : { client }),
    dialects: { server: plain, client: plain },
    native: false,
    strict: false,
    answer,
  };
  return client === undefined ? tried(bench, candidates) : overheard(bench);
}

async function overheard(bench: SuiteConfig): Promise<LearnResult> {
  const file = "hello.txt";
  const list = await one(bench, "list");
  const opener = list.recording.q?.by;
  const get = await one(bench, "get", file, opener);
  const missing = await one(bench, "get", "missing.txt", get.recording.q?.by ?? opener);
  const { names, content } = list;
  const heard = { list: list.recording, get: get.recording, missing: missing.recording };
  const parts = Object.entries(heard).map(([name, each]) => `${name}:\n${told(each)}`);
  return { transcript: parts.join("\n\n"), proposal: proposeDialect({ ...heard, names, content }) };
}

interface Once {
  recording: Recording;
  names: string[];
  content: Buffer;
}

/**
 * A client that listens late, or connects at once, is not met by a proxy that looks first who will open Q: where no Q
 * came, each of the two is expected in turn.
 */
async function one(
  bench: SuiteConfig,
  kind: "list" | "get",
  file?: string,
  opener?: RecordedBytes["by"],
): Promise<Once> {
  const usual = await once(bench, kind, file, opener);
  const others = opener ? [opener] : (["server", "client"] as const);
  for (const other of usual.recording.q ? [] : others) {
    const again = await once(bench, kind, file, other);
    if (again.recording.q) return again;
  }
  return usual;
}

async function once(
  bench: SuiteConfig,
  kind: "list" | "get",
  file?: string,
  opener?: RecordedBytes["by"],
): Promise<Once> {
  await using context = new CaseContext(bench, "client");
  const recording = await recordConversation(context, kind, file, opener);
  const content = Buffer.from(context.files.content("hello.txt"));
  return { recording, names: [...context.files.files.keys()], content };
}

function told({ words, q }: Recording): string {
  const lines = words.map(({ by, on, bytes }) => `  ${by.padEnd(6)} ${on} ${show(bytes, 400)}`);
  if (q) lines.splice(q.after, 0, `  ${q.by.padEnd(6)} opens Q`);
  return lines.join("\n");
}

async function tried(bench: SuiteConfig, candidates: readonly string[]): Promise<LearnResult> {
  const lines: string[] = [];
  for (const request of SIMPLE) lines.push(await answered(bench, request));
  const fitting = await fits(bench, candidates);
  const found =
    fitting && `# The shipped dialect ${fitting} fits: the list and a file came through it.\n`;
  const text = shippedDialects.get(fitting ?? "template") ?? "";
  return { transcript: lines.join("\n"), proposal: `${found ?? ""}${text}` };
}

/** What comes back from one request, on either connection. */
async function answered(bench: SuiteConfig, request: string): Promise<string> {
  await using context = new CaseContext(bench, "server");
  const door = context.listen();
  const p = await context.connect(await context.startServer());
  await context.happensWithin(() => p.length > 0, QUIET);
  const greeting = p.length > 0 ? ` (it greets with ${show(p.bytes)})` : "";
  p.send(request.replace("{dport}", String(door.port)));
  await context.happensWithin(() => door.first?.hasEnded === true, QUIET * 4);
  const onQ = door.first ? `opens Q and sends ${show(door.first.bytes)}` : "opens no Q";
  return `${show(request)}${greeting}: P ${show(p.bytes)}${p.hasEnded ? " and its end" : ""}; the server ${onQ}`;
}

/** The first shipped dialect through which both the list and a file come. */
async function fits(bench: SuiteConfig, names: readonly string[]): Promise<string | undefined> {
  const pool = new Pool(address(bench.server ?? "") ? 1 : AT_ONCE);
  const good = names.map(async (name) =>
    pool.run(async () => serves(bench, await loadDialect(name))),
  );
  const at = (await Promise.all(good)).indexOf(true);
  return names[at];
}

async function serves(bench: SuiteConfig, dialect: Dialect): Promise<boolean> {
  await using context = new CaseContext(
    { ...bench, dialects: { server: dialect, client: dialect } },
    "server",
  );
  try {
    const list = await converse(context, await context.startServer(), "list");
    const { surprise } = context.files;
    if (!list.payload.includes(surprise) || list.strange.length > 0) return false;
    const get = await converse(context, await context.startServer(), "get", { file: surprise });
    return get.payload.equals(context.files.content(surprise)) && get.strange.length === 0;
  } catch {
    return false; // it cannot even be started or reached in this way
  }
}
