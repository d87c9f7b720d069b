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
  listener?: Listener;
  dataPort?: number;
  /** The certificate with which the suite has the server's part of TLS on P. */
  certificate?: CertificatePair;
}

/** A client that was started against a door of the suite. */
export interface LaunchedClient {
  program: SubjectProcess;
  listener: Listener;
  /** Where the suite listens for Q, for a client that opens it itself. */
  dataListener?: Listener;
}

/** The word for what is to be done. */
export const commandWord = ({ dialect }: CaseContext, kind: CommandKind): string =>
  dialect.client?.words?.[kind] ?? (kind === "list" ? "-l" : kind === "invalid" ? "-x" : "-g");

export function launchClient(
  context: CaseContext,
  kind: CommandKind,
  call: LaunchOptions = {},
): LaunchedClient {
  const { dialect } = context;
  const door = call.listener ?? context.listen("P");
  const command = call.command ?? commandWord(context, kind);
  const dataport = call.dataPort ?? context.dataPort(door.port);
  // It has to be there before the client is: some dial as soon as they have asked.
  const opens = dataOpener(dialect[kind] ?? dialect.get) === "client";
  const data = opens ? { data: context.listen("Q", HOST, dataport) } : {};
  const values = { host: door.host, port: door.port, command, dataport };
  const file = call.file === undefined ? {} : { file: call.file };
  const typed = dialect.client?.stdin?.[kind]?.replaceAll("{file}", () => call.file ?? "");
  return { listener, ...data, program: context.startClient({ ...values, ...file }, typed) };
}

/** P, once the client has opened it; nothing if it ended without. */
export async function waitForP(
  context: CaseContext,
  { listener, program }: LaunchedClient,
): Promise<Connection | undefined> {
  const arrived = (): boolean => listener.first !== undefined || program.exited !== undefined;
  await context.waitFor("P", context.timeouts.start, arrived);
  if (!listener.first) await program.waitForExit(0);
  return listener.first;
}

/** Starts the client and plays the script to it. */
export async function serveClient(
  context: CaseContext,
  script: Script,
  call: LaunchOptions = {},
): Promise<DialectServer> {
  const started = launchClient(context, script.kind, call);
  const p = await waitForP(context, started);
  const { program, dataListener } = started;
  const why = `the client opened no P (${program.ending}); ${program.words}`;
  need(p !== undefined, "S4.1", why);
  if (call.certificate) {
    const done = await p.startTls({ part: "server", ...call.certificate }, context.timeouts.reply);
    need(done, "N4.2", `no TLS with the client: ${p.tls?.failure}; ${program.words}`);
  }
  return new DialectServer(context, program, p, script, dataListener).run();
}
