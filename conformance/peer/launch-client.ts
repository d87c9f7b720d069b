// A call of the client: started against a door of the suite, in the words of its dialect, and played to.

import { type CaseContext, HOST } from "../harness/context.ts";
import type { CertificatePair } from "../subject/certificates.ts";
import type { Connection } from "../net/connection.ts";
import { type CommandKind, dataOpener } from "../dialect/types.ts";
import { DialectServer, type Script } from "./server.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { need } from "../spec/verdict.ts";
import type { Listener } from "../net/sockets.ts";

export interface LaunchOptions {
  command?: string;
  file?: string;
  door?: Listener;
  dataport?: number;
  /** The certificate with which the suite has the server's part of TLS on P. */
  seal?: CertificatePair;
}

/** A client that was started against a door of the suite. */
export interface LaunchedClient {
  program: SubjectProcess;
  door: Listener;
  /** Where the suite listens for Q, for a client that opens it itself. */
  data?: Listener;
}

/** The word for what is to be done. */
export const word = ({ dialect }: CaseContext, kind: CommandKind): string =>
  dialect.client?.words?.[kind] ?? (kind === "list" ? "-l" : kind === "invalid" ? "-x" : "-g");

export function launchClient(
  context: CaseContext,
  kind: CommandKind,
  call: LaunchOptions = {},
): LaunchedClient {
  const { dialect } = context;
  const door = call.door ?? context.listen("P");
  const command = call.command ?? word(context, kind);
  const dataport = call.dataport ?? context.dataPort(door.port);
  // It has to be there before the client is: some dial as soon as they have asked.
  const opens = dataOpener(dialect[kind] ?? dialect.get) === "client";
  const data = opens ? { data: context.listen("Q", HOST, dataport) } : {};
  const values = { host: door.host, port: door.port, command, dataport };
  const file = call.file === undefined ? {} : { file: call.file };
  const typed = dialect.client?.stdin?.[kind]?.replaceAll("{file}", () => call.file ?? "");
  return { door, ...data, program: context.startClient({ ...values, ...file }, typed) };
}

/** P, once the client has opened it; nothing if it ended without. */
export async function waitForP(
  context: CaseContext,
  { door, program }: LaunchedClient,
): Promise<Connection | undefined> {
  const arrived = (): boolean => door.first !== undefined || program.exited !== undefined;
  await context.waitFor("P", context.timeouts.start, arrived);
  if (!door.first) await program.waitForExit(0);
  return door.first;
}

/** Starts the client and plays the script to it. */
export async function serveClient(
  context: CaseContext,
  script: Script,
  call: LaunchOptions = {},
): Promise<DialectServer> {
  const started = launchClient(context, script.kind, call);
  const p = await waitForP(context, started);
  const { program, data } = started;
  const why = `the client opened no P (${program.ending}); ${program.words}`;
  need(p !== undefined, "S4.1", why);
  if (call.seal) {
    const done = await p.secure({ part: "server", ...call.seal }, context.timeouts.reply);
    need(done, "N4.2", `no TLS with the client: ${p.tls?.failed}; ${program.words}`);
  }
  return new DialectServer(context, program, p, script, data).run();
}
