// The suite as a client that visits a server: it opens P, asks, and leaves.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import { type CommandKind, dataOpener } from "../dialect/types.ts";
import { DialectClient } from "./client.ts";
import { Failed, need, Inconclusive } from "../spec/verdict.ts";
import type { Listener } from "../net/sockets.ts";

export interface RequestOptions {
  file?: string;
  /** Where Q is awaited; the suite listens there before it says anything. */
  listener?: Listener;
  /** The data port to name, where nobody is to listen on it. */
  dataPort?: number;
}

/** Opens P, listens for Q, and prepares the conversation without starting it. */
export async function prepareRequest(
  context: CaseContext,
  server: RunningServer,
  kind: CommandKind,
  ask: RequestOptions = {},
): Promise<DialectClient> {
  const { dialect } = context;
  const listens =
    ask.dataPort === undefined && dataOpener(dialect[kind] ?? dialect.get) !== "client";
  const door = listens ? (ask.listener ?? (await context.listenForData(server.port))) : undefined;
  const p = await context.connect(server);
  const dport = ask.dataPort ?? door?.port ?? context.dataPort(server.port);
  const { host } = p.local;
  const fixed = {
    any: "any",
    ...dialect.values,
    dport,
    sport: server.port,
    host,
    shost: server.host,
  };
  return new DialectClient(context, kind, p, door, { ...fixed, file: ask.file ?? "" });
}

export async function runRequest(
  context: CaseContext,
  server: RunningServer,
  kind: CommandKind,
  ask: RequestOptions = {},
): Promise<DialectClient> {
  return (await prepareRequest(context, server, kind, ask)).run();
}

/** A client in the middle of a large file that has stopped reading: it would keep the server for ever. */
export async function startStalledGet(
  context: CaseContext,
  server: RunningServer,
): Promise<DialectClient> {
  context.files.addEndless();
  const door = context.listen();
  door.pausesReading = true;
  const get = await prepareRequest(context, server, "get", { file: "endless.txt", listener });
  void get.run();
  await context.waitFor("Q", context.timeouts.reply, () => get.q !== undefined);
  return get;
}

/** A whole polite visit that asks for the list and leaves; why the server does not serve, if so. */
export async function checkService(
  context: CaseContext,
  server: RunningServer,
): Promise<string | undefined> {
  const state = (): string =>
    server.program?.exited ? `, since the server has ended (${server.program.ending})` : "";
  try {
    const list = await runRequest(context, server, "list");
    list.close();
    if (hasListing(list)) return undefined;
    const came = list.stopReason ?? show(list.payload);
    return `the list that was asked for next did not come${state()}: ${came}`;
  } catch (error) {
    if (error instanceof Inconclusive) return `the next client is not let in${state()}`;
    throw error;
  }
}

/** The list has come; that of a directory which is not ours may be empty. */
export const hasListing = ({ context, payload, q, isComplete }: DialectClient): boolean =>
  payload.length > 0 || (context.isExternal && q !== undefined && isComplete);

/** The error on P. Some servers close Q first, and what came there may be all they have to say. */
export async function waitForError(done: DialectClient): Promise<string | undefined> {
  const limit = done.payload.length > 0 ? done.context.timeouts.quiet : done.context.timeouts.reply;
  const came = (): boolean => done.error !== undefined || done.p.hasEnded;
  await done.context.waitFor("an error on P", limit, came);
  return done.error;
}

/** A server that serves nobody breaks another rule than one that does not serve this client: a fresh one is asked. */
export async function needFirstClientServed(
  context: CaseContext,
  server: RunningServer,
): Promise<void> {
  const first = server.program
    ? await checkService(context, await context.startServer())
    : undefined;
  need(
    first === undefined,
    ["S7.5", "S7.8"],
    `not even the first client of a server is served: ${first}`,
  );
}

/** Whatever happened before, the next client gets its list; a server that dies of it may take a moment. */
export async function expectNextClientServed(
  context: CaseContext,
  server: RunningServer,
): Promise<void> {
  await context.happensWithin(
    () => server.program?.exited !== undefined,
    context.timeouts.quiet / 3,
  );
  const missing = await checkService(context, server);
  if (missing === undefined) return;
  await needFirstClientServed(context, server);
  throw new Failed("the next client is served", missing);
}
