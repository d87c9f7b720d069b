// The server of a run against a client: honest, slow, or one that refuses, cuts or dies at any step and byte.

import type { CaseContext } from "../harness/context.ts";
import { dataOpener } from "../dialect/steps.ts";
import type { Data } from "../dialect/types.ts";
import { formatListing } from "../dialect/listing.ts";
import type { Connection } from "../net/connection.ts";
import { launchClient, waitForP } from "../peer/launch-client.ts";
import { playScript, type Script } from "../peer/script.ts";
import { sendInPiecesOf, sendPieces } from "../peer/send-pieces.ts";
import { DialectServer } from "../peer/server.ts";
import { DependencyFailed, need } from "../spec/verdict.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { makeContent } from "./content.ts";
import type { Behaviour, End, Fetch } from "./fetch.ts";
import type { Home } from "./home.ts";

/** What became of a fetch. */
export interface Outcome {
  readonly fetch: Fetch;
  readonly payload: Buffer;
  readonly program: SubjectProcess;
  readonly home: Home;
  /** Whether the client ended in time. */
  readonly hasEnded: boolean;
  /** Whether the server did what it was to do; if not, the client left before. */
  readonly isServed: boolean;
}

const ERROR = "No such thing is here";

/** Thrown where the server dies. */
class Death extends Error {}

export async function playFetch(context: CaseContext, home: Home, fetch: Fetch): Promise<Outcome> {
  const { kind, file, names = [], before, behaviour } = fetch;
  const payload = kind === "get" ? makeContent(file) : formatListing(context.dialect, names);
  if (kind === "get") home.prepare(file.name, before);
  else home.prepare();
  const launched = launchClient(context, kind, kind === "get" ? { file: file.name } : {});
  const { program, listener, dataListener } = launched;
  const p = await waitForP(context, launched);
  // A client may refuse a name that exists before it connects.
  need(p !== undefined || before !== undefined, "S4.1", `no P came; ${program.words}`);
  const q = dataListener ? { listener: dataListener } : {};
  const config = { kinds: [kind], payload: () => payload, program, ...q };
  const isServed = p !== undefined && (await serve(new DialectServer(context, p, config), fetch));
  const hasEnded = (await context.waitForEnd(program)) === undefined;
  // Each fetch has listeners of its own: a long run must not keep them.
  for (const one of [listener, dataListener]) one?.[Symbol.dispose]();
  return { fetch, payload, program, home, hasEnded, isServed: isServed || behaviour.act === "die" };
}

async function serve(server: DialectServer, { kind, behaviour }: Fetch): Promise<boolean> {
  const { act } = behaviour;
  const deliver = async (): Promise<void> => server.deliver(choosePace(server, behaviour));
  const script: Script = { kind, ...(act === "refuse" ? { error: ERROR } : {}) };
  try {
    if (act === "die") return await dieAt(server, behaviour.step, behaviour.how);
    await playScript(
      server,
      act === "slow" || act === "cut" ? { ...script, atData: deliver } : script,
    );
    return server.hasRequest;
  } catch (error) {
    if (error instanceof Death) return true;
    // A client that does not take Q or leaves early is judged by what it leaves.
    if (error instanceof DependencyFailed) return false;
    throw error;
  }
}

async function dieAt(server: DialectServer, step: number, how: End): Promise<never> {
  for (let at = 0; at < step; at++) if (!(await server.runStep(at))) break;
  return await die(server, how);
}

async function die({ p, q, context }: DialectServer, how: End): Promise<never> {
  // What was sent shall arrive before the end.
  await Bun.sleep(context.timeouts.quiet / 6);
  for (const connection of [q, p]) connection?.[how]();
  throw new Death();
}

function choosePace(server: DialectServer, behaviour: Behaviour): typeof sendPieces {
  if (behaviour.act === "slow") return sendInPiecesOf(behaviour.piece);
  if (behaviour.act !== "cut") return sendPieces;
  return async (_, on, data, pieces) => {
    await sendShare(server, on, data, pieces, behaviour.share);
    await die(server, behaviour.how);
  };
}

async function sendShare(
  { context }: DialectServer,
  on: Connection,
  data: Data,
  pieces: readonly Buffer[],
  share: number,
): Promise<void> {
  const cut = (length: number): number => Math.min(length - 1, Math.floor(length * share));
  if (data.ack) return sendPieces(context, on, data, pieces.slice(0, cut(pieces.length)));
  const all = Buffer.concat(pieces);
  on.send(all.subarray(0, cut(all.length)));
}

/** Whether a client can tell that this is not the whole: a FIN looks like the end if no length and no marker is told. */
export function isDetectable({ config, dialect }: CaseContext, { behaviour }: Fetch): boolean {
  if (behaviour.act !== "cut") return behaviour.act !== "honest" && behaviour.act !== "slow";
  const { frame, end } = dialect.get.data ?? { frame: "close" };
  return (
    behaviour.how === "abort" ||
    config.native ||
    frame === "length" ||
    (frame !== "close" && frame !== "silence" && end !== undefined)
  );
}

/** The data goes on Q, so that the suite can cut it. */
export const hasDataOnQ = ({ dialect }: CaseContext): boolean =>
  dialect.get.data?.on === "Q" && dataOpener(dialect.get) !== "nobody";
