// A get in the native dialect that the suite serves by hand, and what is to have become of it.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import { type LaunchOptions, serveClient } from "./launch-client.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import type { DialectServer } from "./server.ts";
import { must, need } from "../spec/verdict.ts";

export const clientRule = (id: string, title: string, run: TestCase["run"]): TestCase =>
  rule(id, title, run, { role: "client" });

export const FILE = "hello.txt";
export const TEXT = Buffer.from("the true contents of the file\n");

export const readSaved = (context: CaseContext, name = FILE): Uint8Array | undefined => {
  const path = join(context.files.home, name);
  return existsSync(path) ? readFileSync(path) : undefined;
};

/** Plays a get and lets the script go on by itself once the command has come. */
export async function serveGet(
  context: CaseContext,
  atCommand: (play: DialectServer) => Promise<void>,
  call: LaunchOptions = {},
): Promise<DialectServer> {
  const done = await serveClient(
    context,
    { kind: "get", payload: TEXT, atCommand },
    { file: FILE, ...call },
  );
  const ended = await done.program.waitForExit(context.timeouts.giveUp);
  need(ended, ["S8.1", "S8.3"], `${context.timeouts.giveUp} ms later the client still runs`);
  return done;
}

/** The transfer was a success: its contents are there, under whatever name and in whatever form (S7.15). */
export function expectSaved(context: CaseContext, { program }: DialectServer): void {
  const { home } = context.files;
  const contents = readdirSync(home).map((name) => readFileSync(join(home, name), "latin1"));
  const there = contents.some((text) => text.startsWith("the true contents"));
  const observed = contents.map((text) => show(text)).join(", ") || "nothing";
  must(there, "the contents that the server sent", `${observed}; ${program.words}`);
}

/** Neither the file nor a word of success. */
export function expectNothingSaved(context: CaseContext, { program }: DialectServer): void {
  const there = readSaved(context);
  must(there === undefined, `nothing is called ${FILE}`, `it holds ${show(there ?? "")}`);
  must(program.exited?.code !== 0, "an exit status other than 0", program.ending);
}

export const sendStart = (play: DialectServer, extra = ""): void =>
  play.say(`150 ${extra}bytes={size} port={qport} version=v1 the file comes\n`);

export async function sendContents(play: DialectServer, bytes: Uint8Array = TEXT): Promise<void> {
  const q = await play.dialQ();
  sendStart(play);
  q.send(bytes);
  q.finish();
}

export const sendEnd = (play: DialectServer): void => play.say("226 bytes={size}{hash} done\n");
