// Helps to write a dialect: tries simple requests on a server, or records a pair of programs.

import { CaseContext } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import { Pool } from "../net/pool.ts";
import { loadDialect } from "../dialect/load.ts";
import { shippedDialects } from "../dialect/shipped.ts";
import type { Dialect } from "../dialect/types.ts";
import { runRequest } from "../peer/client-requests.ts";
import { parseAddress } from "../subject/command-line.ts";
import type { SuiteConfig } from "../subject/config.ts";
import { proposeDialect } from "./propose.ts";
import { recordConversation, type Recording, type Sender } from "./proxy.ts";

export interface LearnResult {
  /** What was said, for a person to read. */
  transcript: string;
  /** The text of a dialect to begin with. */
  proposal: string;
}

/** How a request for the list may look; the forms of most known programs are first. */
const SIMPLE_REQUESTS = [
  "-l {dport}\n",
  "-l {dport}",
  "{dport} -l\n",
  "-l\n{dport}\n",
  "-l",
  "{dport}",
  "list\n",
  "LIST {dport}\n",
];

const DIALECTS_AT_ONCE = 6;

/** Records the pair if there is a client; otherwise tries the server alone. */
export async function learnDialect(
  given: SuiteConfig,
  candidates: readonly string[] = [...shippedDialects.keys()],
): Promise<LearnResult> {
  const plain = await loadDialect("plain");
  const config: SuiteConfig = { ...given, dialects: { server: plain, client: plain } };
  return config.client === undefined ? learnFromServer(config, candidates) : learnFromPair(config);
}

async function learnFromPair(config: SuiteConfig): Promise<LearnResult> {
  const list = await record(config, "list");
  const opener = list.recording.q?.by;
  const get = await record(config, "get", "hello.txt", opener);
  const missing = await record(config, "get", "missing.txt", get.recording.q?.by ?? opener);
  const { names, content } = list;
  const recordings = { list: list.recording, get: get.recording, missing: missing.recording };
  const parts = Object.entries(recordings).map(
    ([name, recording]) => `${name}:\n${formatRecording(recording)}`,
  );
  const proposal = proposeDialect({ ...recordings, names, content });
  return { transcript: parts.join("\n\n"), proposal };
}

interface RecordedFiles {
  recording: Recording;
  names: string[];
  content: Buffer;
}

/**
 * Records a conversation. A proxy that waits to see who opens Q misses a client that listens late or dials at once,
 * so without Q it is recorded again with each opener.
 */
async function record(
  config: SuiteConfig,
  kind: "list" | "get",
  file?: string,
  opener?: Sender,
): Promise<RecordedFiles> {
  const first = await recordOnce(config, kind, file, opener);
  const openers = opener ? [opener] : (["server", "client"] as const);
  for (const each of first.recording.q ? [] : openers) {
    const again = await recordOnce(config, kind, file, each);
    if (again.recording.q) return again;
  }
  return first;
}

async function recordOnce(
  config: SuiteConfig,
  kind: "list" | "get",
  file?: string,
  opener?: Sender,
): Promise<RecordedFiles> {
  await using context = new CaseContext(config, "client");
  const recording = await recordConversation(context, kind, file, opener);
  const content = Buffer.from(context.files.content("hello.txt"));
  return { recording, names: [...context.files.files.keys()], content };
}

function formatRecording({ messages, q }: Recording): string {
  const lines = messages.map(({ by, on, bytes }) => `  ${by.padEnd(6)} ${on} ${show(bytes, 400)}`);
  if (q) lines.splice(q.after, 0, `  ${q.by.padEnd(6)} opens Q`);
  return lines.join("\n");
}

async function learnFromServer(
  config: SuiteConfig,
  candidates: readonly string[],
): Promise<LearnResult> {
  const lines: string[] = [];
  for (const request of SIMPLE_REQUESTS) lines.push(await tryRequest(config, request));
  const fitting = await findFittingDialect(config, candidates);
  const note = fitting
    ? `# The shipped dialect ${fitting} fits: the list and a file came through it.\n`
    : "";
  const text = shippedDialects.get(fitting ?? "template") ?? "";
  return { transcript: lines.join("\n"), proposal: `${note}${text}` };
}

/** Sends a request, and describes what comes back on both connections. */
async function tryRequest(config: SuiteConfig, request: string): Promise<string> {
  await using context = new CaseContext(config, "server");
  const listener = context.listen();
  const p = await context.connect(await context.startServer());
  await context.happensWithin(() => p.length > 0, context.timeouts.quiet);
  const greeting = p.length > 0 ? ` (it greets with ${show(p.bytes)})` : "";
  p.send(request.replace("{dport}", String(listener.port)));
  await context.happensWithin(() => listener.first?.hasEnded === true, context.timeouts.quiet * 4);
  const q = listener.first;
  const onQ = q ? `opens Q and sends ${show(q.bytes)}` : "opens no Q";
  return `${show(request)}${greeting}: P ${show(p.bytes)}${p.hasEnded ? " and its end" : ""}; the server ${onQ}`;
}

/** Finds the first dialect through which both the list and a file arrive. */
async function findFittingDialect(
  config: SuiteConfig,
  names: readonly string[],
): Promise<string | undefined> {
  const pool = new Pool(parseAddress(config.server ?? "") ? 1 : DIALECTS_AT_ONCE);
  const results = names.map((name) =>
    pool.run(async () => fitsServer(config, await loadDialect(name))),
  );
  return names[(await Promise.all(results)).indexOf(true)];
}

async function fitsServer(config: SuiteConfig, dialect: Dialect): Promise<boolean> {
  const dialects = { server: dialect, client: dialect };
  await using context = new CaseContext({ ...config, dialects }, "server");
  try {
    const { surprise } = context.files;
    const list = await runRequest(context, await context.startServer(), "list");
    if (!list.payload.includes(surprise) || list.unexplained.length > 0) return false;
    const get = await runRequest(context, await context.startServer(), "get", { file: surprise });
    return get.payload.equals(context.files.content(surprise)) && get.unexplained.length === 0;
  } catch {
    return false; // the server cannot be started or reached with this dialect
  }
}
