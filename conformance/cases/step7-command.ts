// Step 7: an invalid command, and the data connection for a valid one.

import { dataOpener } from "../dialect/steps.ts";
import type { Connection } from "../net/connection.ts";
import { type CaseContext, HOST, type RunningServer } from "../harness/context.ts";
import { findEnd, findMoment } from "./evidence.ts";
import { mustOn } from "./expectations.ts";
import { pickServedFile } from "../peer/pick-file.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { type CommandKind } from "../dialect/types.ts";
import { runRequest } from "../peer/client-requests.ts";
import { expectErrorOnP } from "./step7-error.ts";
import { applies, must, need } from "../spec/verdict.ts";

async function rejectCommand(context: CaseContext, kind: CommandKind): Promise<void> {
  const client = await runRequest(context, await context.startServer(), kind);
  // If the dialect does not describe the error, any text is one.
  const { match, say } = context.dialect.errors.invalid;
  const isAnyText = match === undefined && say.placeholders.includes("text");
  if (!isAnyText || client.unreadText === "") await expectErrorOnP(client);
}

async function expectNoQ(context: CaseContext, kind: CommandKind): Promise<void> {
  const client = await runRequest(context, await context.startServer(), kind);
  const opened = await context.happensWithin(() => client.q !== undefined, context.timeouts.quiet);
  const isReversed = dataOpener(client.conversation) === "client";
  const { port = 0 } = (isReversed ? client.q?.remote : client.q?.local) ?? {};
  const observed = `the server ${isReversed ? "accepted Q on" : "opened Q to"} port ${port}`;
  must(!opened, "the server does not open Q", observed, findMoment(context, "Q", ["SYN"]));
}

async function expectQ(context: CaseContext, kind: CommandKind): Promise<void> {
  const server = await context.startServer();
  // If the dialect itself contradicts the rule, no conversation is needed, which may fail for other reasons.
  const opener = dataOpener(context.dialect[kind] ?? context.dialect.get);
  const rule = "the server opens Q to the data port";
  must(opener !== "client", rule, "it waits until the client opens Q");
  must(opener !== "nobody", rule, "there is no Q: it sends everything on P");
  const file = kind === "get" ? await pickServedFile(context, server) : "";
  const { q, p, values, stopReason } = await runRequest(context, server, kind, { file });
  const expected = `the server opens Q to port ${Number(values["dport"])}`;
  must(q !== undefined, expected, `no connection; ${stopReason ?? ""}`, findEnd(p));
  const { host } = q.remote;
  const opening = findMoment(context, "Q", ["SYN"]);
  // The kernel gives a server on another address of this machine its usual one for a dial.
  const isSame = host === p.remote.host || (server.program !== undefined && host === HOST);
  must(isSame, `Q comes from ${p.remote.host}`, `it comes from ${host}`, opening);
}

async function expectQClosed(context: CaseContext, kind: CommandKind, exists = true) {
  const server = await context.startServer();
  const file = exists && kind === "get" ? await pickServedFile(context, server) : context.absent;
  const { q, p, stopReason } = await runRequest(context, server, kind, { file });
  // A dialect may report an error without opening Q. Then there is nothing to close.
  need(q !== undefined || !exists, "S7.5", `the server did not open Q; ${stopReason ?? ""}`);
  if (!q) return;
  await context.waitFor("the end of Q", context.timeouts.close, () => q.hasEnded);
  const since = q.length > 0 ? "its last byte" : "it was opened";
  const open = `Q is still open ${context.timeouts.close} ms after ${since}${p.hasEnded ? "" : ", and so is P"}`;
  must(q.hasEnded, "the server closes Q", open);
  // The conversation has waited for the end as well.
  const took = Math.round(q.endedAt - q.lastReceivedAt);
  const expected = `the server closes Q within ${context.timeouts.close} ms`;
  must(took <= context.timeouts.close, expected, `it closed Q ${took} ms after the last byte`, "Q");
}

async function reportNoListener(context: CaseContext): Promise<void> {
  applies(dataOpener(context.dialect.get) === "server", "the server opens no Q");
  const server = await context.startServer();
  const file = await pickServedFile(context, server);
  // What the server says to every client is no message about this one.
  const usual = await listUsualLines(context, server, file);
  const dataPort = context.dataPort(server.port);
  const { p } = await runRequest(context, server, "get", { file, dataPort });
  const isReported = (): boolean => listLines(p).some((line) => line !== "" && !usual.has(line));
  await context.waitFor("an error on P", context.timeouts.reply, () => isReported() || p.hasEnded);
  mustOn(p, isReported(), "a message on P that a client with a data port does not get");
}

/** The lines on P; numbers may differ from one conversation to the next. */
const listLines = ({ text }: Connection): string[] =>
  text.split(/[\r\n\0]+/).map((line) => line.trim().replace(/(?<!^)\d+/g, "0"));

/** What the server says on P if Q can be opened. */
async function listUsualLines(
  context: CaseContext,
  server: RunningServer,
  file: string,
): Promise<Set<string>> {
  const client = await runRequest(context, server, "get", { file });
  need(client.q !== undefined, "S7.5", `the server did not open Q; ${client.stopReason ?? ""}`);
  client.close();
  // The data port may be the same for every client.
  client.listener?.stopAccepting();
  return new Set(listLines(client.p));
}

export const cases: TestCase[] = [
  rule("S7.1", "an unknown command", (context) => rejectCommand(context, "invalid"), {
    worked: "list",
  }),
  rule("S7.2", "an unknown command", (context) => expectNoQ(context, "invalid"), {
    worked: "list",
  }),
  rule("S7.3", "-g without a name: an error", (context) => rejectCommand(context, "nameless"), {
    worked: "get",
  }),
  rule("S7.3", "-g without a name: no Q", (context) => expectNoQ(context, "nameless"), {
    worked: "get",
  }),
  rule("S7.5", "-l", (context) => expectQ(context, "list")),
  rule("S7.5", "-g", (context) => expectQ(context, "get")),
  rule("S7.6", "after a listing", (context) => expectQClosed(context, "list")),
  rule("S7.6", "after a file", (context) => expectQClosed(context, "get")),
  rule("S7.6", "after an error", (context) => expectQClosed(context, "get", false), {
    worked: "get",
  }),
  rule("S7.7", "nobody listens on the data port", reportNoListener, { worked: "get" }),
];
