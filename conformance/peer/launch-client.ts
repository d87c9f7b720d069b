// A call of the client: started against a door of the suite, in the words of its dialect, and played to.

import { type Attempt, HOST } from "../harness/context.ts";
import type { Pair } from "../subject/certificates.ts";
import type { Channel } from "../net/connection.ts";
import { type Kind, opener } from "../dialect/types.ts";
import { REPLY_LIMIT, START_LIMIT } from "../spec/timeouts.ts";
import { Play, type Script } from "./server.ts";
import type { Program } from "../subject/process.ts";
import { need } from "../spec/verdict.ts";
import type { Door } from "../net/sockets.ts";

export interface Call {
  command?: string;
  file?: string;
  door?: Door;
  dataport?: number;
  /** The certificate with which the suite has the server's part of TLS on P. */
  seal?: Pair;
}

/** A client that was started against a door of the suite. */
export interface Started {
  program: Program;
  door: Door;
  /** Where the suite listens for Q, for a client that opens it itself. */
  data?: Door;
}

/** The word for what is to be done. */
export const word = ({ dialect }: Attempt, kind: Kind): string =>
  dialect.client?.words?.[kind] ?? (kind === "list" ? "-l" : kind === "invalid" ? "-x" : "-g");

export function start(attempt: Attempt, kind: Kind, call: Call = {}): Started {
  const { dialect } = attempt;
  const door = call.door ?? attempt.door("P");
  const command = call.command ?? word(attempt, kind);
  const dataport = call.dataport ?? attempt.dataPort(door.port);
  // It has to be there before the client is: some dial as soon as they have asked.
  const opens = opener(dialect[kind] ?? dialect.get) === "client";
  const data = opens ? { data: attempt.door("Q", HOST, dataport) } : {};
  const values = { host: door.host, port: door.port, command, dataport };
  const file = call.file === undefined ? {} : { file: call.file };
  const typed = dialect.client?.stdin?.[kind]?.replaceAll("{file}", () => call.file ?? "");
  return { door, ...data, program: attempt.client({ ...values, ...file }, typed) };
}

/** P, once the client has opened it; nothing if it ended without. */
export async function arrival(
  attempt: Attempt,
  { door, program }: Started,
): Promise<Channel | undefined> {
  const arrived = (): boolean => door.first !== undefined || program.exited !== undefined;
  await attempt.within("P", START_LIMIT, arrived);
  if (!door.first) await program.ended(0);
  return door.first;
}

/** Starts the client and plays the script to it. */
export async function play(attempt: Attempt, script: Script, call: Call = {}): Promise<Play> {
  const started = start(attempt, script.kind, call);
  const p = await arrival(attempt, started);
  const { program, data } = started;
  const why = `the client opened no P (${program.ending}); ${program.words}`;
  need(p !== undefined, "S4.1", why);
  if (call.seal) {
    const done = await p.secure({ part: "server", ...call.seal }, REPLY_LIMIT);
    need(done, "N4.2", `no TLS with the client: ${p.secrecy?.failed}; ${program.words}`);
  }
  return new Play(attempt, program, p, script, data).run();
}
