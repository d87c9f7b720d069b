// The client's part of step 7: what it shows, what it saves, and what it leaves alone.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext } from "../harness/context.ts";
import { describeDifference, show } from "../net/bytes.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import type { Connection } from "../net/connection.ts";
import { formatListing } from "../dialect/listing.ts";
import { dataOpener } from "../dialect/steps.ts";
import type { Conversation, Dialect, CommandKind } from "../dialect/types.ts";
import { GIVE_UP_LIMIT, QUIET } from "../spec/timeouts.ts";
import { waitForP, serveClient, serveLaunched, launchClient } from "../peer/launch-client.ts";
import type { DialectServer } from "../peer/server.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { applies, must, need } from "../spec/verdict.ts";

const NAME = "hello.txt";
const OLD = "what the user had before\n";

const home = (context: CaseContext, name: string): string => join(context.files.home, name);

/** Without a text of ours to look for, it has to say at least a word of its own. */
async function shows({ context, program }: DialectServer, text: string): Promise<void> {
  const said = (): boolean =>
    text === "" ? /\S/.test(program.output) : program.output.includes(text);
  await context.waitFor("a text on the screen", GIVE_UP_LIMIT, () => said() || !!program.exited);
  await program.waitForExit(0);
  speaksUp(program);
  must(said(), `${text === "" ? "a word about it" : show(text)} on the screen`, program.words);
}

/** Into a pipe, C and others keep back what they print until they end: one that hangs has not been silent. */
function speaksUp({ exited, output }: SubjectProcess): void {
  const silent = exited === undefined && output === "";
  need(!silent, "S8.1", "it still runs, and what it prints may be kept back until its end");
}

async function refused(context: CaseContext, kind: CommandKind): Promise<void> {
  const { on, say } = context.dialect.errors.missing;
  applies(on !== "none", "in this dialect the server says nothing about an error");
  const known = kind !== "list" || listsMayFail(context.dialect);
  applies(known, "the dialect does not say how a listing is refused");
  const error = `No such thing is here (${crypto.randomUUID().slice(0, 4)})`;
  const done = await serveClient(context, { kind, error }, kind === "get" ? { file: NAME } : {});
  await shows(done, say.placeholders.includes("text") ? error : "");
}

/** Where the place of an error about a file is told, one about a listing has its place only if that is told too. */
function listsMayFail({ list, get }: Dialect): boolean {
  const told = ({ steps }: Conversation): boolean =>
    steps.some((step) => "missing" in step || "invalid" in step);
  return told(list) || !told(get);
}

/** The file is in the client's directory, and is what the suite sent. */
async function saves(context: CaseContext, payload: Uint8Array, file = NAME): Promise<void> {
  const { program } = await serveClient(context, { kind: "get", payload }, { file });
  await program.waitForExit(GIVE_UP_LIMIT);
  const path = home(context, file);
  const there = `there is ${kept(context, payload).join(", ") || "nothing"}; ${program.words}`;
  must(existsSync(path), `${file} in its directory`, there);
  const differs = describeDifference(payload, readFileSync(path));
  must(differs === undefined, `the ${payload.length} bytes that were sent`, differs ?? "");
}

/** What the client has made, whatever it calls it, and how that differs from what was sent. */
function kept(context: CaseContext, payload: Uint8Array): string[] {
  const names = [...new Bun.Glob("**").scanSync({ cwd: context.files.home, dot: true })];
  return names.map((name) => {
    const differs = describeDifference(payload, readFileSync(home(context, name)));
    return `${name} (${differs ?? "the bytes that were sent"})`;
  });
}

async function congratulates(context: CaseContext): Promise<void> {
  const payload = context.files.content(NAME);
  const { program } = await serveClient(context, { kind: "get", payload }, { file: NAME });
  await program.waitForExit(GIVE_UP_LIMIT);
  const made = kept(context, payload);
  need(made.length > 0, "S7.15", `nothing was saved; ${program.words}`);
  speaksUp(program);
  const said = /transfer\s+(is\s+)?complete/i.test(program.output);
  must(said, "the words “transfer complete” on the screen", program.words);
}

/** Q is the server's to open: the client only waits for it. */
async function waitsForQ(context: CaseContext): Promise<void> {
  const started = launchClient(context, "list");
  const p = await waitForP(context, started);
  const { program, listener } = started;
  need(p !== undefined, "S4.1", program.words);
  const payload = formatListing(context.dialect, ["alpha.txt"]);
  const done = await serveLaunched(context, { kind: "list", payload }, started, p);
  const by = dataOpener(done.conversation);
  const expected = "a client that takes Q from the server";
  must(by !== "nobody", expected, "no Q at all: it takes everything from P");
  must(by !== "client", expected, "it opens Q itself");
  await program.waitForExit(GIVE_UP_LIMIT);
  const more = listener.connections.length - 1;
  must(more === 0, expected, `beside P it opened ${more} more to the server`);
}

async function keeps(context: CaseContext): Promise<void> {
  writeFileSync(home(context, NAME), OLD);
  const started = launchClient(context, "get", { file: NAME });
  const { program } = started;
  const p = await waitForP(context, started);
  const payload = Buffer.from("what the server has\n");
  if (p) await serveLaunched(context, { kind: "get", payload }, started, p);
  await program.waitForExit(GIVE_UP_LIMIT);
  const now = readFileSync(home(context, NAME), "utf8");
  // In some programs a plain “n” is the wish to replace it: then the dialect has to say what is not.
  const typed = `it was told ${show(context.config.answer)}, if it asked`;
  const holds = `it holds ${show(now)}; ${typed}; ${program.words}`;
  must(now === OLD, `${NAME} as the user left it`, holds);
}

async function cut(play: DialectServer, q: Connection): Promise<void> {
  q.send(play.payload.subarray(0, play.payload.length / 2));
  await Bun.sleep(QUIET / 3);
  q.abort();
}

export const cases: TestCase[] = [
  rule("S7.4", "the answer to -g is an error", (context) => refused(context, "get")),
  rule("S7.4", "the answer to -l is an error", (context) => refused(context, "list")),
  rule("S7.9", "three names", async (context) => {
    const names = ["alpha.txt", context.files.surprise, "omega.txt"];
    const payload = formatListing(context.dialect, names);
    const done = await serveClient(context, { kind: "list", payload });
    for (const name of names) await shows(done, name);
  }),
  rule("S7.15", "two short lines", async (context) => {
    await saves(context, context.files.content("hello.txt"));
  }),
  rule("S7.15", "a text whose last line has no end", async (context) => {
    await saves(context, context.files.content("unended.txt"));
  }),
  rule("S7.15", "five megabytes", (context) => saves(context, context.files.addLarge()), {
    needs: ["large"],
  }),
  rule("S7.16", "a file of that name is there already", keeps),
  rule("S7.17", "after a file was saved", congratulates),
  rule("S7.23", "-l", waitsForQ),
  rule("S7.18", "Q is reset in the middle of a file", async (context) => {
    const payload = context.files.content("lines.txt");
    const done = await serveClient(context, { kind: "get", payload, atData: cut }, { file: NAME });
    await done.program.waitForExit(GIVE_UP_LIMIT);
    const left = existsSync(home(context, NAME));
    must(!left, `nothing is called ${NAME}`, "half a file is there under the whole file's name");
  }),
];
