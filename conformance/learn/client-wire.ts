// Finds the wire of a client that is given alone: hears its requests, and serves it by them.

import { CaseContext } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import { launchClient, waitForP } from "../peer/launch-client.ts";
import { Inconclusive } from "../spec/verdict.ts";
import type { SuiteConfig } from "../subject/config.ts";
import { makeWire, type Wire } from "./common-wires.ts";
import { inferTemplate, type MessageSample } from "./infer-template.ts";
import { proveDialect } from "./prove.ts";
import type { FoundWire } from "./server-wire.ts";

const WORDS = [
  { list: "-l", get: "-g", invalid: "-x" },
  { list: "list", get: "get", invalid: "nope" },
];
/** Files whose names differ in length: what changes with them is the name. */
const FILES = ["hello.txt", "a-longer-name.txt"];
/** Milliseconds for the whole request. */
const REQUEST_LIMIT = 2_000;

/** Throws `Inconclusive` if the client opens no P: then it says nothing on any wire. */
export async function findClientWire(config: SuiteConfig): Promise<FoundWire> {
  let heard = "nothing";
  let hasCalled = false;
  for (const words of WORDS) {
    const lists = await Promise.all([hear(config, words.list), hear(config, words.list)]);
    const gets = await Promise.all(FILES.map((file) => hear(config, words.get, file)));
    const [list, get] = [inferTemplate(lists), inferTemplate(gets)];
    heard = show(lists[0]?.bytes ?? "");
    hasCalled ||= [...lists, ...gets].some(({ isOpen }) => isOpen);
    if (!lists.every(({ bytes }) => bytes.length > 0) || list === undefined || get === undefined)
      continue;
    if (isPlain(list, get)) return {};
    const wire = makeWire({
      ...{ list, get, invalid: list.replace(words.list, words.invalid) },
      ...(words.list === "-l" ? {} : { words }),
    });
    if (await isServed(config, wire)) return { wire };
  }
  if (!hasCalled) throw new Inconclusive("the client opens no P", ["S4.1"]);
  return {
    problem: `for a list it sends ${heard}, and it does not take bare bytes on Q as the answer`,
  };
}

const isPlain = (list: string, get: string): boolean =>
  list === "-l {dport}\n" && get === "-g {file} {dport}\n";

async function isServed(config: SuiteConfig, { dialect }: Wire): Promise<boolean> {
  const doubts = await proveDialect(
    { ...config, dialects: { server: dialect, client: dialect } },
    "client",
  );
  return Object.keys(doubts).length === 0;
}

/** What a client sends, and whether it opens P at all. */
type Heard = MessageSample & { readonly isOpen: boolean };

/** What the client sends to a server that says nothing. */
async function hear(config: SuiteConfig, command: string, file?: string): Promise<Heard> {
  await using context = new CaseContext(config, "client");
  const dataPort = context.dataPort();
  const options = { command, dataPort, ...(file === undefined ? {} : { file }) };
  const launched = launchClient(context, "list", options);
  const p = await waitForP(context, launched);
  const { port, host } = launched.listener;
  const values = { dport: dataPort, sport: port, host, ...(file === undefined ? {} : { file }) };
  if (!p) return { bytes: Buffer.alloc(0), values, isOpen: false };
  await context.happensWithin(() => p.length > 0 || p.hasEnded, REQUEST_LIMIT);
  await context.happensWithin(() => p.hasEnded, context.timeouts.quiet);
  return { bytes: Buffer.from(p.bytes), values, isOpen: true };
}
