// The suite as a client that visits a server: it opens P, asks, and leaves.

import type { Attempt, Target } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import { type Kind, opener } from "../dialect/types.ts";
import { Exchange } from "./client.ts";
import { QUIET, REPLY_LIMIT } from "../spec/timeouts.ts";
import { Broken, need, NoVerdict } from "../spec/verdict.ts";
import type { Door } from "../net/sockets.ts";

export interface Ask {
  file?: string;
  /** Where Q is awaited; the suite listens there before it says anything. */
  door?: Door;
  /** The data port to name, where nobody is to listen on it. */
  port?: number;
}

/** Opens P, listens for Q, and prepares the conversation without starting it. */
export async function prepare(
  attempt: Attempt,
  server: Target,
  kind: Kind,
  ask: Ask = {},
): Promise<Exchange> {
  const { dialect } = attempt;
  const listens = ask.port === undefined && opener(dialect[kind] ?? dialect.get) !== "client";
  const door = listens ? (ask.door ?? (await attempt.dataDoor(server.port))) : undefined;
  const p = await attempt.connect(server);
  const dport = ask.port ?? door?.port ?? attempt.dataPort(server.port);
  const { host } = p.local;
  const fixed = {
    any: "any",
    ...dialect.values,
    dport,
    sport: server.port,
    host,
    shost: server.host,
  };
  return new Exchange(attempt, kind, p, door, { ...fixed, file: ask.file ?? "" });
}

export async function converse(
  attempt: Attempt,
  server: Target,
  kind: Kind,
  ask: Ask = {},
): Promise<Exchange> {
  return (await prepare(attempt, server, kind, ask)).run();
}

/** A client in the middle of a large file that has stopped reading: it would keep the server for ever. */
export async function stuckReader(attempt: Attempt, server: Target): Promise<Exchange> {
  attempt.files.addEndless();
  const door = attempt.door();
  door.stalls = true;
  const get = await prepare(attempt, server, "get", { file: "endless.txt", door });
  void get.run();
  await attempt.within("Q", REPLY_LIMIT, () => get.q !== undefined);
  return get;
}

/** A whole polite visit that asks for the list and leaves; why the server does not serve, if so. */
export async function visit(attempt: Attempt, server: Target): Promise<string | undefined> {
  const state = (): string =>
    server.program?.exited ? `, since the server has ended (${server.program.ending})` : "";
  try {
    const list = await converse(attempt, server, "list");
    list.leave();
    if (isListed(list)) return undefined;
    const came = list.stuck ?? show(list.payload);
    return `the list that was asked for next did not come${state()}: ${came}`;
  } catch (error) {
    if (error instanceof NoVerdict) return `the next client is not let in${state()}`;
    throw error;
  }
}

/** The list has come; that of a directory which is not ours may be empty. */
export const isListed = ({ attempt, payload, q, whole }: Exchange): boolean =>
  payload.length > 0 || (attempt.stranger && q !== undefined && whole);

/** The error on P. Some servers close Q first, and what came there may be all they have to say. */
export async function complained(done: Exchange): Promise<string | undefined> {
  const limit = done.payload.length > 0 ? QUIET : REPLY_LIMIT;
  const came = (): boolean => done.error !== undefined || done.p.over;
  await done.attempt.within("an error on P", limit, came);
  return done.error;
}

/** A server that serves nobody breaks another rule than one that does not serve this client: a fresh one is asked. */
export async function servesFirst(attempt: Attempt, server: Target): Promise<void> {
  const first = server.program ? await visit(attempt, await attempt.server()) : undefined;
  need(
    first === undefined,
    "S7.5, S7.8",
    `not even the first client of a server is served: ${first}`,
  );
}

/** Whatever happened before, the next client gets its list; a server that dies of it may take a moment. */
export async function nextIsServed(attempt: Attempt, server: Target): Promise<void> {
  await attempt.happens(() => server.program?.exited !== undefined, QUIET / 3);
  const missing = await visit(attempt, server);
  if (missing === undefined) return;
  await servesFirst(attempt, server);
  throw new Broken("the next client is served", missing);
}
