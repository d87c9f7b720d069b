// The suite as a client of a server: opens P, makes a request, and closes.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Listener } from "../net/sockets.ts";
import { dataOpener } from "../dialect/steps.ts";
import type { CommandKind } from "../dialect/types.ts";
import { Failed, Inconclusive, need } from "../spec/verdict.ts";
import { DialectClient } from "./client.ts";

export interface RequestOptions {
  file?: string;
  /** Where the suite listens for Q, before it sends anything. */
  listener?: Listener;
  /** The data port of the request, if nobody listens on it. */
  dataPort?: number;
}

/** Opens P, listens for Q, and prepares the conversation without starting it. */
export async function prepareRequest(
  context: CaseContext,
  server: RunningServer,
  kind: CommandKind,
  { file = "", listener, dataPort }: RequestOptions = {},
): Promise<DialectClient> {
  const { dialect } = context;
  const listens = dataPort === undefined && dataOpener(dialect[kind] ?? dialect.get) !== "client";
  const q = listens ? (listener ?? (await context.listenForData(server.port))) : undefined;
  const p = await context.connect(server);
  return new DialectClient(context, kind, p, q, {
    any: "any",
    ...dialect.values,
    dport: dataPort ?? q?.port ?? context.dataPort(server.port),
    sport: server.port,
    host: p.local.host,
    shost: server.host,
    file,
  });
}

export async function runRequest(
  context: CaseContext,
  server: RunningServer,
  kind: CommandKind,
  options: RequestOptions = {},
): Promise<DialectClient> {
  return (await prepareRequest(context, server, kind, options)).run();
}

/** A client that stops reading in the middle of a large file, so that its transfer cannot end. */
export async function startStalledGet(
  context: CaseContext,
  server: RunningServer,
): Promise<DialectClient> {
  context.files.addEndless();
  const listener = context.listen();
  listener.pausesReading = true;
  const get = await prepareRequest(context, server, "get", { file: "endless.txt", listener });
  const opened = context.waitFor("Q", context.timeouts.reply, () => get.q !== undefined);
  // A server whose words nobody knows makes it fail at once.
  await Promise.race([get.run(), opened]);
  // Until the server waits in send(): a signal right before it is lost in some runtimes.
  await context.happensWithin(() => false, context.timeouts.quiet / 3);
  return get;
}

/** Asks for the list as a new client; returns why the server does not serve it, if so. */
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
    const observed = list.stopReason ?? show(list.payload);
    return `the next client asked for the list and did not get it${state()}: ${observed}`;
  } catch (error) {
    if (error instanceof Inconclusive) return `the next client cannot connect${state()}`;
    throw error;
  }
}

/** Whether the list has arrived. The list of a directory that is not the suite's may be empty. */
export const hasListing = ({ context, payload, q, isComplete }: DialectClient): boolean =>
  payload.length > 0 || (context.isExternal && q !== undefined && isComplete);

/** Waits for an error on P. Some servers close Q first, and may have said all they have to say there. */
export async function waitForError(client: DialectClient): Promise<string | undefined> {
  const limit =
    client.payload.length > 0 ? client.context.timeouts.quiet : client.context.timeouts.reply;
  const isOver = (): boolean => client.error !== undefined || client.p.hasEnded;
  await client.context.waitFor("an error on P", limit, isOver);
  return client.error;
}

/** A server that serves nobody breaks another rule, so a fresh server must serve its first client. */
export async function needFirstClientServed(
  context: CaseContext,
  server: RunningServer,
): Promise<void> {
  if (!server.program) return;
  const problem = await checkService(context, await context.startServer());
  const observed = `the server does not serve even its first client: ${problem}`;
  need(problem === undefined, ["S7.5", "S7.8"], observed);
}

/** Whatever happened before, the next client gets its list. A server that crashes may take a moment for it. */
export async function expectNextClientServed(
  context: CaseContext,
  server: RunningServer,
): Promise<void> {
  await context.happensWithin(
    () => server.program?.exited !== undefined,
    context.timeouts.quiet / 3,
  );
  const problem = await checkService(context, server);
  if (problem === undefined) return;
  await needFirstClientServed(context, server);
  throw new Failed("the next client is served", problem);
}
