// Starts the client under test against listeners of the suite, and serves it.

import { type CaseContext, HOST } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import type { Listener } from "../net/sockets.ts";
import { dataOpener } from "../dialect/steps.ts";
import type { CommandKind } from "../dialect/types.ts";
import { need } from "../spec/verdict.ts";
import type { CertificatePair } from "../subject/certificates.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { playScript, type Script } from "./script.ts";
import { DialectServer } from "./server.ts";

export interface LaunchOptions {
  command?: string;
  file?: string;
  listener?: Listener;
  dataPort?: number;
  /** The certificate with which the suite is the TLS server on P. */
  certificate?: CertificatePair;
}

export interface LaunchedClient {
  program: SubjectProcess;
  listener: Listener;
  /** Where the suite listens for Q, if the client opens it. */
  dataListener?: Listener;
}

/** The word on the command line for a kind of command. */
export const commandWord = ({ dialect }: CaseContext, kind: CommandKind): string =>
  dialect.client?.words?.[kind] ?? { list: "-l", get: "-g", nameless: "-g", invalid: "-x" }[kind];

export function launchClient(
  context: CaseContext,
  kind: CommandKind,
  options: LaunchOptions = {},
): LaunchedClient {
  const { dialect } = context;
  const { listener = context.listen("P"), file } = options;
  const { command = commandWord(context, kind) } = options;
  const { dataPort = context.dataPort(listener.port) } = options;
  // It listens before the client starts: some clients dial as soon as they have sent the request.
  const opensQ = dataOpener(dialect[kind] ?? dialect.get) === "client";
  const dataListener = opensQ ? { dataListener: context.listen("Q", HOST, dataPort) } : {};
  const values = { host: listener.host, port: listener.port, command, dataport: dataPort };
  const typed = dialect.client?.stdin?.[kind]?.replaceAll("{file}", () => file ?? "");
  const program = context.startClient(
    { ...values, ...(file === undefined ? {} : { file }) },
    typed,
  );
  return { listener, ...dataListener, program };
}

/** P, once the client has opened it; nothing if the client ends before that. */
export async function waitForP(
  context: CaseContext,
  { listener, program }: LaunchedClient,
): Promise<Connection | undefined> {
  const isOver = (): boolean => listener.first !== undefined || program.exited !== undefined;
  await context.waitFor("P", context.timeouts.start, isOver);
  if (!listener.first) await program.waitForExit(0);
  return listener.first;
}

/** Starts the client, and plays the script to it. */
export async function serveClient(
  context: CaseContext,
  script: Script,
  options: LaunchOptions = {},
): Promise<DialectServer> {
  const client = launchClient(context, script.kind, options);
  const p = await waitForP(context, client);
  const { program } = client;
  const why = `the client opened no P (${program.ending}); it printed ${program.lastWords}`;
  need(p !== undefined, "S4.1", why);
  if (options.certificate) {
    const isSecure = await p.startTls(
      { part: "server", ...options.certificate },
      context.timeouts.reply,
    );
    need(isSecure, "N4.2", `no TLS with the client: ${p.tls?.failure}; ${program.words}`);
  }
  return serveLaunched(context, script, client, p);
}

/** Plays the script to a client that has opened P. */
export async function serveLaunched(
  context: CaseContext,
  script: Script,
  { program, dataListener }: LaunchedClient,
  p: Connection,
): Promise<DialectServer> {
  const { kind, payload = new Uint8Array(0) } = script;
  const listener = dataListener ? { listener: dataListener } : {};
  const config = { kinds: [kind], payload: () => payload, program, ...listener };
  const server = new DialectServer(context, p, config);
  await playScript(server, script);
  return server;
}
