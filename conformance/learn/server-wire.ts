// Finds the wire of a server that is given alone: tries the usual requests and the shipped dialects.

import { loadDialect } from "../dialect/load.ts";
import { shippedDialects } from "../dialect/shipped.ts";
import type { Dialect } from "../dialect/types.ts";
import { CaseContext } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import { Pool } from "../net/pool.ts";
import { runRequest } from "../peer/client-requests.ts";
import { shortTimeouts } from "../spec/timeouts.ts";
import { parseAddress } from "../subject/command-line.ts";
import { isSequential, type SuiteConfig } from "../subject/config.ts";
import { listCommonWires, type Wire } from "./common-wires.ts";
import { quoteTemplate } from "./infer-template.ts";

/** Requests at once. */
const AT_ONCE = 12;
/** A reply has this share of the usual time: a server that understands a request answers at once. */
const SCALE = 0.3;
/** Milliseconds for all conversations: what the server said must be told before the inference is over. */
const TRIES_LIMIT = 45_000;
/** Milliseconds for an answer to a request that is only tried. */
const ANSWER_LIMIT = 800;
/** The same if one answer came and the other did not. */
const PATIENT_LIMIT = 4_000;
/** Milliseconds for a greeting. */
const GREETING_LIMIT = 300;

/** A wire, nothing if the server speaks the plain one with a fault, or what it says to requests that it does not know. */
export type FoundWire = { wire?: Wire } | { problem: string };

export async function findServerWire(config: SuiteConfig): Promise<FoundWire> {
  const quick = { ...config, timeouts: shortTimeouts(SCALE) };
  let valid = await probe(quick, (port) => `-l ${port}\n`);
  const wires = listCommonWires(quoteTemplate(Buffer.from(valid.greeting, "latin1")));
  let invalid = await probe(quick, (port) => `-x ${port}\n`);
  // On a busy machine an answer may be late: silence counts only if it is there twice.
  if ((valid.reply === "") !== (invalid.reply === "")) {
    valid = await probe(quick, (port) => `-l ${port}\n`, PATIENT_LIMIT);
    invalid = await probe(quick, (port) => `-x ${port}\n`, PATIENT_LIMIT);
  }
  const found = await Promise.race([tryAll(quick, wires), Bun.sleep(TRIES_LIMIT)]);
  if (found) return { wire: found };
  const isUnderstood = valid.hasQ || (valid.reply !== invalid.reply && valid.reply !== "");
  if (isUnderstood) return {};
  return {
    problem: `it greets with ${show(valid.greeting)}, answers "-l PORT\\n" with ${show(valid.reply)} and opens no Q, and does not answer the other usual requests either`,
  };
}

/** The wires whose request for the list makes the server open Q: only those are worth a whole conversation. */
async function keepAnswered(config: SuiteConfig, wires: readonly Wire[]): Promise<Wire[]> {
  const pool = makePool(config);
  const answers = await Promise.all(
    wires.map((wire) =>
      pool.run(() => probe(config, (port) => wire.list.replace("{dport}", String(port)))),
    ),
  );
  return wires.filter((_, at) => answers[at]?.hasQ === true);
}

/** A server that runs already, and one with a fixed port, serve one client at a time. */
function makePool(config: SuiteConfig): Pool {
  const isSingle = parseAddress(config.server ?? "") !== undefined || isSequential(config);
  return new Pool(isSingle ? 1 : AT_ONCE);
}

async function tryAll(config: SuiteConfig, wires: readonly Wire[]): Promise<Wire | undefined> {
  const end = performance.now() + TRIES_LIMIT;
  const answered = await keepAnswered(config, wires);
  return (
    (await findFirst(config, answered, end)) ?? (await findFirst(config, await listShipped(), end))
  );
}

async function listShipped(): Promise<Wire[]> {
  const wires = [...shippedDialects].map(async ([name, text]): Promise<Wire> => {
    const dialect = await loadDialect(name);
    return { list: "", name: `the shipped dialect ${name}`, text, dialect };
  });
  return (await Promise.all(wires)).filter(
    ({ dialect }) => !["plain", "native", "template"].includes(dialect.name),
  );
}

/** The first wire through which both a list and a file arrive whole. */
async function findFirst(
  config: SuiteConfig,
  wires: readonly Wire[],
  end: number,
): Promise<Wire | undefined> {
  const pool = makePool(config);
  let best = wires.length;
  const tries = wires.map((wire, at) =>
    pool.run(async () => {
      if (performance.now() < end && at < best && (await fits(config, wire.dialect)))
        best = Math.min(best, at);
    }),
  );
  await Promise.all(tries);
  return wires[best];
}

async function fits(config: SuiteConfig, dialect: Dialect): Promise<boolean> {
  const spoken = { ...config, dialects: { server: dialect, client: dialect } };
  await using context = new CaseContext(spoken, "server");
  try {
    if (context.isExternal) return await fitsExternal(context);
    const { surprise } = context.files;
    const list = await runRequest(context, await context.startServer(), "list");
    if (!list.payload.includes(surprise) || list.unexplained.length > 0) return false;
    const get = await runRequest(context, await context.startServer(), "get", { file: surprise });
    return get.payload.equals(context.files.content(surprise)) && get.unexplained.length === 0;
  } catch {
    return false; // the server cannot be started or reached with this dialect
  }
}

/** Of a server that runs already the suite knows no file: its list must come. */
async function fitsExternal(context: CaseContext): Promise<boolean> {
  const list = await runRequest(context, await context.startServer(), "list");
  return list.payload.length > 0 && list.isComplete && list.unexplained.length === 0;
}

interface Answer {
  greeting: string;
  reply: string;
  hasQ: boolean;
}

async function probe(
  config: SuiteConfig,
  request: (port: number) => string,
  limit = ANSWER_LIMIT,
): Promise<Answer> {
  await using context = new CaseContext(config, "server");
  const listener = context.listen();
  const p = await context.connect(await context.startServer());
  await context.happensWithin(() => p.length > 0, GREETING_LIMIT);
  const greeting = p.text;
  p.send(request(listener.port));
  const isOver = (): boolean =>
    listener.first !== undefined || p.length > greeting.length || p.hasEnded;
  await context.happensWithin(isOver, limit);
  const reply = p.text.slice(greeting.length).replaceAll(String(listener.port), "PORT");
  return { greeting, reply, hasQ: listener.first !== undefined };
}
