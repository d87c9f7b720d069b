// A get in the native dialect that the suite serves step by step, and checks of what the client saved.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext } from "../harness/context.ts";
import { type Conversation, rule, type TestCase } from "../harness/test-case.ts";
import { show } from "../net/bytes.ts";
import { must, need } from "../spec/verdict.ts";
import { type LaunchOptions, serveClient } from "./launch-client.ts";
import type { DialectServer } from "./server.ts";
import type { Origin } from "./server-data.ts";

export const clientRule = (
  id: string,
  title: string,
  run: TestCase["run"],
  worked?: Conversation,
): TestCase => rule(id, title, run, { role: "client", ...(worked && { worked }) });

export const FILE = "hello.txt";
export const TEXT = Buffer.from("the true contents of the file\n");

export const readSaved = (context: CaseContext, name = FILE): Uint8Array | undefined => {
  const path = join(context.files.home, name);
  return existsSync(path) ? readFileSync(path) : undefined;
};

/** Serves a get: the case takes over once the request has arrived. Then waits for the end of the client. */
export async function serveGet(
  context: CaseContext,
  atCommand: (server: DialectServer) => Promise<void>,
  options: LaunchOptions = {},
): Promise<DialectServer> {
  // Over TLS a client may also leave because it does not trust the certificate.
  const mayLeave = options.certificate !== undefined;
  const script = { kind: "get", payload: TEXT, mayLeave, atCommand } as const;
  const server = await serveClient(context, script, { file: FILE, ...options });
  const running = await context.waitForEnd(server.program);
  need(!running, ["S8.1", "S8.3"], running ?? "");
  return server;
}

/** The transfer was a success: the contents are there, under any name and in any form (S7.15). */
export function expectSaved(context: CaseContext, { program }: DialectServer): void {
  const { home } = context.files;
  const contents = readdirSync(home).map((name) => readFileSync(join(home, name), "latin1"));
  const isSaved = contents.some((text) => text.startsWith("the true contents"));
  const observed = contents.map((text) => show(text)).join(", ") || "nothing";
  must(isSaved, "the contents that the server sent", `${observed}; ${program.words}`);
}

/** The client has neither saved the file nor reported success. */
export function expectNothingSaved(context: CaseContext, { program }: DialectServer): void {
  const saved = readSaved(context);
  must(saved === undefined, `no file is called ${FILE}`, `it holds ${show(saved ?? "")}`);
  must(program.exited?.code !== 0, "an exit status other than 0", program.ending);
}

/** Sends 150, which announces the payload. */
export const sendStart = (server: DialectServer, fields = ""): void =>
  server.say(`150 ${fields}bytes={size} port={qport} version=v1 the file comes\n`);

export async function sendContents(
  server: DialectServer,
  bytes: Uint8Array = TEXT,
  from: Origin = {},
): Promise<void> {
  const q = await server.dialQ(from);
  sendStart(server);
  q.send(bytes);
  q.finish();
}

/** Sends 226, which confirms the payload. */
export const sendEnd = (server: DialectServer): void => server.say("226 bytes={size}{hash} done\n");
