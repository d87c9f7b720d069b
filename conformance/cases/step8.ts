// Step 8: the client closes P and terminates.

import { dataOpener } from "../dialect/steps.ts";
import type { CaseContext, RunningServer } from "../harness/context.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import type { Connection } from "../net/connection.ts";

import { pickServedFile } from "../peer/pick-file.ts";
import { prepareRequest } from "../peer/client-requests.ts";
import { HAS_PROC, isHeld } from "../net/procfs.ts";
import { POLL } from "../spec/timeouts.ts";
import { serveClient } from "../peer/launch-client.ts";
import type { Script } from "../peer/script.ts";
import type { DialectServer } from "../peer/server.ts";
import { applies, must, need } from "../spec/verdict.ts";

const payload = Buffer.from("hello.txt\nworld.txt\n");
const file = "hello.txt";
const error = "No such file is here";

/** How long the client may take: for its own work, or to give up on a server. */
type Limit = "reply" | "giveUp";

/** The client ends and closes P. The suite keeps P open. */
async function expectEnd(context: CaseContext, script: Script, limit: Limit): Promise<void> {
  const { [limit]: ms } = context.timeouts;
  const call = script.kind === "get" ? { file } : {};
  const { program, p } = await serveClient(context, script, call);
  const running = await context.waitForEnd(program, ms);
  must(!running, "the client ends", `${running}; ${program.words}`);
  await context.waitFor("the end of P", context.timeouts.reply, () => p.hasEnded);
  must(p.hasEnded, "the client closes P", "P is still open");
}

const ends = (id: string, title: string, limit: Limit, script: Script): TestCase =>
  rule(id, title, (context) => expectEnd(context, script, limit), { isLong: limit === "giveUp" });

/** How the kernel ends the connections of a dead server: by RST if it had not read everything, or else by FIN. */
type Death = "abort" | "close";

const die =
  (how: Death) =>
  async (server: DialectServer): Promise<void> => {
    server.refuseQ(how);
    server.p[how]();
  };

const dieMidway =
  (how: Death) =>
  async (server: DialectServer, on: Connection): Promise<void> => {
    await server.sendHalf(on);
    await Bun.sleep(server.context.timeouts.quiet / 3);
    await die(how)(server);
  };

async function announceMissingQ(context: CaseContext): Promise<void> {
  applies(context.config.native, "only the native dialect announces Q");
  const atCommand = async (server: DialectServer): Promise<void> =>
    server.say(`150 bytes={size} port=${context.dataPort()} version=v1 the file comes\n`);
  await expectEnd(context, { kind: "get", payload, atCommand }, "giveUp");
}

async function readStatus(context: CaseContext, script: Script, name: string) {
  const { program } = await serveClient(context, script, { file: name });
  const running = await context.waitForEnd(program);
  need(!running, "S8.1", running ?? "");
  return program.exited?.code ?? null;
}

async function expectStatuses(context: CaseContext): Promise<void> {
  const success = await readStatus(context, { kind: "get", payload }, file);
  must(success === 0, "exit status 0 after a transfer", `exit status ${success}`, "subject");
  // A client can only report an error that the server tells.
  if (context.dialect.errors.missing.on === "none") return;
  // Every dialect has an error about a file, but few have one about a listing. The first file exists already.
  const failure = await readStatus(context, { kind: "get", error }, "missing.txt");
  const expected = "an exit status other than 0 after an error";
  must(failure !== 0, expected, "exit status 0", "subject");
}

/** The client is slow to close P after a listing. */
async function leavePToClient(context: CaseContext, kind: "list" | "get"): Promise<void> {
  const server = await context.startServer();
  const asked = kind === "get" ? { file: await pickServedFile(context, server) } : {};
  // A word with which a client takes its leave lets a server close P, so it is left out.
  const client = await (await prepareRequest(context, server, kind, asked)).run(false);
  const { p, q, stopReason, conversation } = client;
  // If everything travels on P, there is no Q to wait for.
  const hasNoQ = dataOpener(conversation) === "nobody";
  need(q !== undefined || hasNoQ, "S7.5", `the server did not open Q; ${stopReason ?? ""}`);
  const isOver = (): boolean => hasNoQ || q?.hasEnded === true;
  await context.waitFor("the end of Q", context.timeouts.close, isOver);
  need(isOver(), "S7.6", "Q is still open");
  await context.happensWithin(() => p.hasEnded, context.timeouts.quiet);
  const { ending = "", exited } = server.program ?? {};
  need(!exited, "S9.1", `the server has ended (${ending})`);
  const isClosed = await hasServerClosed(context, server, p);
  must(!isClosed, "P stays open until the client closes it", "the server closed P", "P");
}

/** A server that has half-closed P still has its socket. The kernel knows that, or answers another one's with RST. */
async function hasServerClosed(
  context: CaseContext,
  { program, port }: RunningServer,
  p: Connection,
): Promise<boolean> {
  if (program && HAS_PROC) {
    // A program may close its socket a moment after its FIN.
    const end = performance.now() + (p.hasEnded ? context.timeouts.order : 0);
    while (isHeld(port, p.local.port) && performance.now() < end) await Bun.sleep(POLL);
    return !isHeld(port, p.local.port);
  }
  if (!p.isClosed) p.send("\n");
  await context.happensWithin(() => p.wasReset, context.timeouts.order);
  return p.wasReset;
}

const DEATHS: readonly [how: Death, sign: string][] = [
  ["abort", "RST"],
  ["close", "FIN"],
];

export const cases: TestCase[] = [
  ends("S8.1", "after a listing", "reply", { kind: "list", payload }),
  ends("S8.1", "after a file", "reply", { kind: "get", payload }),
  ends("S8.1", "after an error", "reply", { kind: "get", error }),
  ends("S8.2", "the server reads the command and does nothing", "giveUp", {
    kind: "get",
    // It does not accept Q either, if the client opens it.
    atCommand: async (server) => server.refuseQ(),
  }),
  rule("S8.2", "the server announces Q, but does not open it", announceMissingQ, { isLong: true }),
  ...DEATHS.flatMap(([how, sign]) => [
    ends("S8.3", `the server dies before it opens Q (${sign})`, "giveUp", {
      kind: "get",
      atCommand: die(how),
    }),
    ends("S8.3", `the server dies in the middle of a file (${sign})`, "giveUp", {
      kind: "get",
      payload,
      atData: dieMidway(how),
    }),
  ]),
  rule("S8.4", "after a file, and after an error", expectStatuses),
  rule("S8.5", "a client that closes P late after a listing", (context) =>
    leavePToClient(context, "list"),
  ),
  rule("S8.5", "a client that closes P late after a file", (context) =>
    leavePToClient(context, "get"),
  ),
];
